using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Cli.Stack;

namespace FineTuneFlow.EndToEnd.Tests;

/// <summary>A folder with ports of its own for a local stack, and what a test asks of it.</summary>
internal sealed class StackHome : IAsyncDisposable
{
    private readonly int[] _ports = FreePorts(3);

    public string Folder { get; } = Directory.CreateTempSubdirectory("ftf-e2e-").FullName;

    public string[] UpArguments =>
        ["up", "--port", Text(_ports[0]), "--simulator-port", Text(_ports[1]), "--storage-port", Text(_ports[2])];

    public string Recipe { get; private set; } = "";

    public string Csv { get; private set; } = "";

    public StackFile Stack => StackFile.Read(Folder)!;

    public async Task<Ftf> UpAsync(params string[] options)
    {
        Ftf up = Ftf.Start(Folder, [.. UpArguments, .. options]);
        await up.ReadyAsync();
        return up;
    }

    /// <summary>Writes a CSV and the recipe of two candidates, one of which continues the other, and a baseline.</summary>
    public void WriteData(int rows)
    {
        Csv = Path.Combine(Folder, "reviews.csv");
        Recipe = Path.Combine(Folder, "recipe.json");
        string[][] words = [["terrible", "awful"], ["bad", "slow"], ["okay", "average"], ["good", "nice"], ["excellent", "perfect"]];
        var random = new Random(7);
        var csv = new StringBuilder("review,star\n");
        for (int i = 0; i < rows; i++)
        {
            int star = random.Next(5);
            int word = random.Next(5) == 0 ? random.Next(5) : star;
            csv.Append(CultureInfo.InvariantCulture, $"\"the app is {words[word][random.Next(2)]}, {words[word][random.Next(2)]} number {i}\",{star + 1}\n");
        }

        File.WriteAllText(Csv, csv.ToString());
        File.WriteAllText(Recipe, """
            { "candidates": [
                { "name": "one", "provider": "simulator", "model": "babbage-002", "epochs": 1 },
                { "name": "two", "continueFrom": "one", "epochs": 1 } ],
              "baselines": [ { "name": "linear" } ] }
            """);
    }

    public async Task<JsonNode> JsonAsync(params string[] args)
    {
        (int code, string output, string error) = await Ftf.RunAsync(Folder, [.. args, "--json"]);
        (code is 0 or 1).ShouldBeTrue($"ftf {string.Join(' ', args)}: {code} {error}");
        return JsonNode.Parse(output)!;
    }

    /// <summary>Jobs that the simulator was given.</summary>
    public async Task<int> JobsAsync()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "test");
        JsonNode jobs = JsonNode.Parse(await http.GetStringAsync($"http://127.0.0.1:{_ports[1]}/v1/fine_tuning/jobs?limit=100", TestContext.Current.CancellationToken))!;
        return jobs["data"]!.AsArray().Count;
    }

    /// <summary>By candidate, as a run tells them.</summary>
    public static SortedDictionary<string, double> Accuracies(JsonNode run) => new(run["candidates"]!.AsArray()
        // The champion of the first run is judged beside the second.
        .Where(c => c!["record"]!["name"]!.GetValue<string>() != "champion")
        .ToDictionary(c => c!["record"]!["name"]!.GetValue<string>(), c => c!["record"]!["accuracy"]!.GetValue<double>()));

    /// <summary>Looks until it is so, at the latest until the test's own limit.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for a process to be gone.</summary>
    public static async Task GoneAsync(int process)
    {
        try
        {
            using Process found = Process.GetProcessById(process);
            await found.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (ArgumentException)
        {
            // It is.
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (int process in StackFile.Read(Folder)?.Services.Values ?? [])
        {
            await GoneAsync(process);
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Ports that were free a moment ago; all are held until all are known, so that they differ.</summary>
    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
        {
            listener.Start();
        }

        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
        {
            listener.Stop();
        }

        return ports;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
