using System.Diagnostics;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Functions.Tests.Deployment;

/// <summary>A hook of azd in a shell whose az, azd and curl are stand-ins that write down what they were asked.</summary>
internal sealed class HookRun : IDisposable
{
    public const string Subscription = "00000000-0000-0000-0000-000000000001";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-hook-");

    /// <summary>What the hook finds in its environment.</summary>
    public Dictionary<string, string> Environment { get; } = new() { ["AZURE_SUBSCRIPTION_ID"] = Subscription };

    /// <summary>The calls so far, a line each, in order.</summary>
    public string[] Calls => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    public string CallsFile => Path.Combine(_folder.FullName, "calls");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Puts a program on the path that notes its call and then does <paramref name="body"/>, in sh.</summary>
    public void Stub(string name, string body)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the hooks are for sh");
#pragma warning disable CA1416 // the line above
        string file = PathOf(name);
        File.WriteAllText(file, $"#!/bin/sh\necho \"{name} $*\" >> \"{CallsFile}\"\n{body}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
    }

    public (int Exit, string Output) Run(string hook)
    {
        var start = new ProcessStartInfo("/bin/sh", [Repository.PathOf("infra", "hooks", $"{hook}.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = $"{_folder.FullName}:/usr/bin:/bin";
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
