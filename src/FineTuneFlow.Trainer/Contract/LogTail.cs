namespace FineTuneFlow.Trainer.Contract;

/// <summary>Prints lines, and keeps the last of them for log.txt. No line holds a text of the data set.</summary>
internal sealed class LogTail(TextWriter console)
{
    private const int Kept = 200;
    private readonly Queue<string> lines = new();

    public string Text => string.Concat(lines.Select(line => line + "\n"));

    public void Say(string line)
    {
        console.WriteLine(line);
        lines.Enqueue(line);
        if (lines.Count > Kept)
        {
            lines.Dequeue();
        }
    }
}
