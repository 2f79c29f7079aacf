using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FineTuneFlow.EndToEnd.Tests;

/// <summary>One call of <c>ftf</c> as a process of its own.</summary>
internal sealed class Ftf : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _reading;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Ftf(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _error));
    }

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public static Ftf Start(string home, params string[] args) => Start(home, "ftf", args);

    /// <param name="home">State folder and working directory.</param>
    /// <param name="program">Beside the tests, or a full path.</param>
    /// <param name="args">Of the program.</param>
    /// <param name="path">Where it finds other programs; null: where the tests do.</param>
    public static Ftf Start(string home, string program, string[] args, string? path = null)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), args)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = home,
        };
        start.Environment["FTF_HOME"] = home;
        start.Environment.Remove("FTF_HOST");
        // A proxy that is not there: nothing on this machine is asked through one.
        start.Environment["HTTP_PROXY"] = start.Environment["http_proxy"] = "http://127.0.0.1:9";
        start.Environment["PATH"] = path ?? start.Environment["PATH"];
        return new Ftf(Process.Start(start)!);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string home, params string[] args)
    {
        await using Ftf ftf = Start(home, args);
        int code = await ftf.EndAsync();
        return (code, ftf.Output, ftf.Error);
    }

    /// <summary>Waits until <c>up</c> says that it is ready; what it said instead is the failure.</summary>
    public async Task ReadyAsync()
    {
        await Task.WhenAny(_ready.Task, _process.WaitForExitAsync(TestContext.Current.CancellationToken));
        _ready.Task.IsCompleted.ShouldBeTrue(Output + Error);
    }

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Ctrl-C, and what follows from it.</summary>
    public async Task StopAsync()
    {
        using (Process interrupt = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await interrupt.WaitForExitAsync();
        }

        await EndAsync();
    }

    /// <summary>SIGKILL, to this process alone.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Its services watch the pipe that closes with it.
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, StringBuilder into)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            into.AppendLine(line);
            if (line.StartsWith("Ready in", StringComparison.Ordinal))
            {
                _ready.TrySetResult();
            }
        }
    }
}
