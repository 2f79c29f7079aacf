namespace FineTuneFlow.Trainer.Contract;

/// <summary>Prints lines, and keeps the last of them for log.txt. No line holds a text of the data set.</summary>
internal sealed class LogTail(TextWriter console)
{
    private const int Kept = 200;
    private readonly Queue<string> _lines = new();

    public string Text => string.Concat(_lines.Select(line => line + "\n"));

    public void Say(string line)
    {
        console.WriteLine(line);
        _lines.Enqueue(line);
        if (_lines.Count > Kept)
        {
            _lines.Dequeue();
        }
    }
}
