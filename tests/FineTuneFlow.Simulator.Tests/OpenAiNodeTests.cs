using System.Diagnostics;

namespace FineTuneFlow.Simulator.Tests;

/// <summary>The official OpenAI SDK for Node runs a fixed list of calls (tests/openai-node/calls.mjs): what its types or the service's
/// documentation would notice must not differ here.</summary>
public sealed class OpenAiNodeTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_call_of_the_official_sdk_ends_as_at_the_real_service()
    {
        string folder = Folder();
        Directory.Exists(Path.Combine(folder, "node_modules", "openai")).ShouldBeTrue($"the SDK is not installed: run npm ci in {folder}, as ./test.sh does");
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(options => options with { Key = "sk-simulator", Speed = 10 });
        var start = new ProcessStartInfo("node", ["calls.mjs"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SIMULATOR"] = simulator.Address.ToString().TrimEnd('/');
        start.Environment["SIMULATOR_KEY"] = "sk-simulator";
        using Process node = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        Task<string> errors = node.StandardError.ReadToEndAsync(patience.Token);
        string said = await node.StandardOutput.ReadToEndAsync(patience.Token);
        await node.WaitForExitAsync(patience.Token);

        output.WriteLine(said);
        node.ExitCode.ShouldBe(0, string.Join('\n', said.Split('\n').Where(line => !line.StartsWith("ok ", StringComparison.Ordinal))) + await errors);
        said.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal)).ShouldBeGreaterThan(20);
    }

    private static string Folder()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "tests", "openai-node");
            if (File.Exists(Path.Combine(folder, "calls.mjs")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException("tests/openai-node is not above the test's folder");
    }
}
