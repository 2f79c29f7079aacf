namespace FineTuneFlow.Cli.Frame;

/// <summary>Progress of long work on standard error. Reports may come from any thread and as often as they like: the line is
/// drawn at most ten times a second, and elsewhere than on a terminal written at most every five seconds. Disposing of it
/// takes the bar away, so that the answer stands alone.</summary>
public sealed class ProgressLine : IDisposable
{
    private const int BarCells = 24;
    private readonly Terminal terminal;
    private readonly string what;
    private readonly string unit;
    private readonly TimeProvider clock;
    private readonly long began;
    private readonly TimeSpan pause;
    private readonly Lock drawing = new();
    private long lastDrawn;
    private int width;

    internal ProgressLine(Terminal terminal, string what, string unit, TimeProvider clock)
    {
        (this.terminal, this.what, this.unit, this.clock) = (terminal, what, unit, clock);
        began = clock.GetTimestamp();
        lastDrawn = began;
        pause = terminal.ShowsProgress ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(5);
    }

    /// <summary>Says how far the work is.</summary>
    /// <param name="done">In the unit given at the start.</param>
    /// <param name="total">0: not known.</param>
    public void Report(long done, long total)
    {
        if (clock.GetElapsedTime(Interlocked.Read(ref lastDrawn)) < pause || !drawing.TryEnter())
        {
            return;
        }

        try
        {
            Interlocked.Exchange(ref lastDrawn, clock.GetTimestamp());
            Draw(done, total);
        }
        finally
        {
            drawing.Exit();
        }
    }

    public void Dispose()
    {
        lock (drawing)
        {
            if (width > 0)
            {
                terminal.Error.Write($"\r{new string(' ', width)}\r");
                width = 0;
            }
        }
    }

    private void Draw(long done, long total)
    {
        double share = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0;
        string count = total > 0 ? $"{share,4:0%}  {done:N0} of {total:N0} {unit}" : $"{done:N0} {unit}";
        if (!terminal.ShowsProgress)
        {
            terminal.Error.WriteLine($"{what}: {count.Trim()}");
            return;
        }

        int filled = (int)(share * BarCells);
        string bar = total > 0 ? $"[{new string('#', filled)}{new string('.', BarCells - filled)}] " : "";
        TimeSpan left = share > 0.02 ? clock.GetElapsedTime(began) * ((1 - share) / share) : TimeSpan.Zero;
        string text = $"{what} {bar}{count}{(left > TimeSpan.FromSeconds(2) ? $"  {left:m\\:ss} left" : "")}";
        terminal.Error.Write($"\r{text.PadRight(width)}");
        width = text.Length;
    }
}
