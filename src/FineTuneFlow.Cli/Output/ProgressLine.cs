namespace FineTuneFlow.Cli.Output;

/// <summary>Progress of long work on standard error. Reports may come from any thread and as often as they like: the line is
/// drawn at most ten times a second, and elsewhere than on a terminal written at most every five seconds. Disposing of it
/// takes the bar away, so that the answer stands alone.</summary>
public sealed class ProgressLine : IDisposable
{
    private const int BarCells = 24;
    private readonly Terminal _terminal;
    private readonly string _what;
    private readonly string _unit;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private readonly TimeSpan _pause;
    private readonly Lock _drawing = new();
    private long _lastDrawn;
    private int _width;

    internal ProgressLine(Terminal terminal, string what, string unit, TimeProvider clock)
    {
        (_terminal, _what, _unit, _clock) = (terminal, what, unit, clock);
        _began = clock.GetTimestamp();
        _lastDrawn = _began;
        _pause = terminal.ShowsProgress ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(5);
    }

    /// <summary>Says how far the work is.</summary>
    /// <param name="done">In the unit given at the start.</param>
    /// <param name="total">0: not known.</param>
    public void Report(long done, long total)
    {
        if (_clock.GetElapsedTime(Interlocked.Read(ref _lastDrawn)) < _pause || !_drawing.TryEnter())
        {
            return;
        }

        try
        {
            Interlocked.Exchange(ref _lastDrawn, _clock.GetTimestamp());
            Draw(done, total);
        }
        finally
        {
            _drawing.Exit();
        }
    }

    public void Dispose()
    {
        lock (_drawing)
        {
            if (_width > 0)
            {
                _terminal.Error.Write($"\r{new string(' ', _width)}\r");
                _width = 0;
            }
        }
    }

    private void Draw(long done, long total)
    {
        double share = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0;
        string count = total > 0 ? $"{share,4:0%}  {done:N0} of {total:N0} {_unit}" : $"{done:N0} {_unit}";
        if (!_terminal.ShowsProgress)
        {
            _terminal.Error.WriteLine($"{_what}: {count.Trim()}");
            return;
        }

        int filled = (int)(share * BarCells);
        string bar = total > 0 ? $"[{new string('#', filled)}{new string('.', BarCells - filled)}] " : "";
        TimeSpan left = share > 0.02 ? _clock.GetElapsedTime(_began) * ((1 - share) / share) : TimeSpan.Zero;
        string text = $"{_what} {bar}{count}{(left > TimeSpan.FromSeconds(2) ? $"  {left:m\\:ss} left" : "")}";
        _terminal.Error.Write($"\r{text.PadRight(_width)}");
        _width = text.Length;
    }
}
