using System.Diagnostics;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Cli.Stack;

/// <summary>A child of the local stack. It holds the other end of our standard input pipe and ends when that closes, so it
/// cannot outlive us; closing it is also how it is asked to stop.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const int KeptLines = 40;
    private readonly Process _process;
    private readonly ServiceLog _log;
    private readonly Queue<string> _lastLines = new();
    private readonly Task _reading;

    private ServiceProcess(string name, Process process, ServiceLog log)
    {
        (Name, _process, _log) = (name, process, log);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
        Ended = process.WaitForExitAsync();
    }

    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>Ends when the process does.</summary>
    public Task Ended { get; }

    public int ExitCode => _process.ExitCode;

    /// <summary>Called with every line that it writes.</summary>
    public event Action<string>? LineWritten;

    /// <param name="name">For messages.</param>
    /// <param name="start">What to run.</param>
    /// <param name="logFile">Receives what it writes, after what was written there before.</param>
    /// <exception cref="FlowException">InvalidInput: it cannot be run.</exception>
    public static ServiceProcess Start(string name, ProcessStartInfo start, string logFile)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var log = new ServiceLog(logFile);
        try
        {
            return new ServiceProcess(name, Process.Start(start)!, log);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            log.Dispose();
            throw new FlowException(
                FailureKind.InvalidInput,
                $"the {name} cannot be run: {exception.Message}",
                start.FileName == "node" ? "Install Node.js 20 or newer (https://nodejs.org)." : "Run ./ftf, which builds what is needed.",
                exception);
        }
    }

    /// <summary>What it wrote last, oldest first.</summary>
    public IReadOnlyList<string> LastLines()
    {
        lock (_lastLines)
        {
            return [.. _lastLines];
        }
    }

    /// <summary>Asks it to stop and waits; kills it when it does not.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        if (!_process.HasExited)
        {
            try
            {
                _process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It went between the two lines.
            }

            if (await Task.WhenAny(Ended, Task.Delay(patience)) != Ended)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        await Ended;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(10));
        await _reading;
        _log.Dispose();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lastLines)
            {
                _lastLines.Enqueue(line);
                if (_lastLines.Count > KeptLines)
                {
                    _lastLines.Dequeue();
                }

                _log.WriteLine(line);
            }

            LineWritten?.Invoke(line);
        }
    }
}
