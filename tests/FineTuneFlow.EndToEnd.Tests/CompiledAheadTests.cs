using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace FineTuneFlow.EndToEnd.Tests;

/// <summary><c>./ftf</c> is compiled ahead of time, and what its commands still compile as they run is bounded: switches of the compiler that
/// did nothing any more, or a serializer on the path of a command, would be noticed by nobody else
/// (docs/decisions/fast-start.md).</summary>
public sealed class CompiledAheadTests
{
    [Theory]
    [InlineData(280, "prepare", "reviews.csv", "--out", "out")]
    [InlineData(380, "check", "reviews.csv")]
    [InlineData(1_800, "check", "reviews.csv", "--json")]
    [InlineData(320, "costs")]
    public async Task A_command_compiles_few_methods_as_it_runs(int most, params string[] command)
    {
        Assert.SkipUnless(Avx2.IsSupported, "A processor without AVX2 takes nothing that was compiled ahead.");
        await using var home = new StackHome();
        home.WriteData(500);
        string counted = Path.Combine(home.Folder, "compiled.txt");

        await RunAsync(home.Folder, ["--version"], []);
        string said = await RunAsync(home.Folder, command, [("DOTNET_STARTUP_HOOKS", typeof(CompiledAheadTests).Assembly.Location), (StartupHook.File, counted)]);

        int compiled = int.Parse(await File.ReadAllTextAsync(counted, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper!.WriteLine($"{string.Join(' ', command)}: {compiled} methods");
        compiled.ShouldBeInRange(1, most, said);
    }

    /// <summary>By the launcher, which builds first where the sources are newer.</summary>
    private static async Task<string> RunAsync(string folder, string[] command, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Readme.Root, "ftf"), .. command]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment["FTF_HOME"] = folder;
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process ftf = Process.Start(start)!;
        Task<string> error = ftf.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string said = await ftf.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await error;
        await ftf.WaitForExitAsync(TestContext.Current.CancellationToken);
        ftf.ExitCode.ShouldBe(0, said);
        return said;
    }
}
