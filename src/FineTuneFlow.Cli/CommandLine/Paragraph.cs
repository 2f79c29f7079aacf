namespace FineTuneFlow.Cli.CommandLine;

/// <summary>A text in lines of at most 80 characters, behind a heading.</summary>
public static class Paragraph
{
    private const int MostWidth = 80;

    /// <param name="writer">Where to.</param>
    /// <param name="heading">Before the first line; the others are indented as far.</param>
    /// <param name="text">Words with single spaces between them; a word longer than a line stands on one of its own.</param>
    public static void Write(TextWriter writer, string heading, string text)
    {
        string line = heading;
        bool begun = false;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (begun && line.Length + 1 + word.Length > MostWidth)
            {
                writer.WriteLine(line);
                line = new string(' ', heading.Length);
                begun = false;
            }

            line += begun ? " " + word : word;
            begun = true;
        }

        writer.WriteLine(line);
    }
}
