using System.Diagnostics;
using System.Globalization;

namespace FineTuneFlow.Mutation.Running;

/// <summary>A process in which the tests are loaded. One that does not answer in time is killed, with what it has started.</summary>
/// <param name="classes">Beginnings of the names of those test classes that are loaded; none for all.</param>
internal sealed class AgentProcess(string folder, string tests, string assembly, IReadOnlyList<string> classes) : IDisposable
{
    // A mutant that eats memory ends its own process rather than the machine.
    private const string MostMemory = "0x60000000";
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(10);

    // Loading the tests and compiling what they use.
    private static readonly TimeSpan Loading = TimeSpan.FromSeconds(10);
    private Process? _process;
    private bool _hasAnswered;

    /// <param name="mutant">Switched on from the start, for code that runs once a process; 0 for none.</param>
    public void Start(int mutant)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (string argument in (string[])
            ["exec", "--depsfile", $"{tests}.deps.json", "--runtimeconfig", $"{tests}.runtimeconfig.json", "FineTuneFlow.Mutation.Agent.dll", $"{tests}.dll", assembly, .. classes])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = MostMemory;
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["FTF_MUTANT"] = mutant.ToString(CultureInfo.InvariantCulture);
        _process = Process.Start(start)!;
        _hasAnswered = false;
        _process.ErrorDataReceived += (_, line) => LastError = line.Data ?? LastError;
        _process.BeginErrorReadLine();
    }

    public bool IsRunning => _process is { HasExited: false };

    public string? LastError { get; private set; }

    /// <param name="limit">Processor time that the answer may take, besides what the first of a process takes to load the tests.</param>
    /// <returns>The answer's lines; null where the process stalled or died, and it is then gone.</returns>
    public async Task<IReadOnlyList<string>?> AskAsync(string order, TimeSpan limit)
    {
        using var late = new Stall(_process!, _hasAnswered ? limit : limit + Loading, LongestIdle);
        var lines = new List<string>();
        try
        {
            await _process!.StandardInput.WriteLineAsync(order.AsMemory(), late.Token);
            await _process.StandardInput.FlushAsync(late.Token);
            while (await _process.StandardOutput.ReadLineAsync(late.Token) is { } line)
            {
                if (line == "@end")
                {
                    _hasAnswered = true;
                    return lines;
                }

                if (line.StartsWith('@'))
                {
                    lines.Add(line);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Answered below: gone.
        }

        Dispose();
        return null;
    }

    public void Dispose()
    {
        if (_process is { } process)
        {
            _process = null;
            try
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit(5000);
            }
            catch (InvalidOperationException)
            {
                // It has ended by itself.
            }

            process.Dispose();
        }
    }
}
