using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Samples;
using FineTuneFlow.Local.Hosting;

// A linear champion asked over HTTP: a host in a process of its own, on plain files, and this client beside it on the same cores.
// usage: dotnet run -c Release --project benchmarks/serving [-- SECONDS [TEXTS_A_LIST [CONNECTIONS]]]
int seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
int list = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 500;
int connections = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 2;
const int Rows = 5000;
string home = Directory.CreateTempSubdirectory("serving-").FullName;
int port = FreePort();
using Process host = Start(home, port);
try
{
    using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/"), Timeout = TimeSpan.FromMinutes(5) };
    await WellAsync(http);
    string[] texts = await ChampionAsync(http);
    await AskAsync(http, texts[..list]);
    await SingleAsync(http, texts, TimeSpan.FromSeconds(2), say: false);

    TimeSpan before = host.TotalProcessorTime;
    long started = Stopwatch.GetTimestamp();
    long[] asked = await Task.WhenAll(Enumerable.Range(0, connections).Select(async connection =>
    {
        long count = 0;
        for (int at = connection * list; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; at += list)
        {
            await AskAsync(http, [.. Enumerable.Range(at, list).Select(i => texts[i % texts.Length])]);
            count += list;
        }

        return count;
    }));
    double elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
    host.Refresh();
    double busy = (host.TotalProcessorTime - before).TotalSeconds;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"list form, {list} texts a request, {connections} connections: {asked.Sum() / elapsed:N0} texts/s, {1e6 * busy / asked.Sum():N0} us of the host's processor time each"));
    await SingleAsync(http, texts, TimeSpan.FromSeconds(seconds), say: true);
}
finally
{
    host.Kill();
    await host.WaitForExitAsync();
    Directory.Delete(home, recursive: true);
}

static Process Start(string home, int port) => Process.Start(new ProcessStartInfo(
    "dotnet",
    [
        typeof(LocalHost).Assembly.Location, "--FTF_HOME", home, "--Port", port.ToString(CultureInfo.InvariantCulture), "--LogLevel", "Warning", "--DropWatchSeconds", "86400",
    ])
{
    WorkingDirectory = home,
})!;

static int FreePort()
{
    using var free = new TcpListener(IPAddress.Loopback, 0);
    free.Start();
    return ((IPEndPoint)free.LocalEndpoint).Port;
}

static async Task WellAsync(HttpClient http)
{
    while (true)
    {
        try
        {
            (await http.GetAsync("health")).EnsureSuccessStatusCode().Dispose();
            return;
        }
        catch (HttpRequestException)
        {
            await Task.Delay(100);
        }
    }
}

static async Task<string[]> ChampionAsync(HttpClient http)
{
    using var csv = new MemoryStream();
    SampleReviews.Write(csv, Rows);
    using var form = new MultipartFormDataContent
    {
        { new StringContent("speed"), "project" },
        { new StringContent("""{ "candidates": [], "baselines": [{ "name": "linear" }], "promotion": { "requireSignificance": false } }"""), "recipe" },
        { new ByteArrayContent(csv.ToArray()), "file", "reviews.csv" },
    };
    using HttpResponseMessage started = await http.PostAsync("runs", form);
    started.EnsureSuccessStatusCode();
    string run = (await started.Content.ReadFromJsonAsync<JsonNode>())!["runId"]!.GetValue<string>();
    JsonNode view;
    do
    {
        await Task.Delay(100);
        view = (await http.GetFromJsonAsync<JsonNode>($"runs/{run}"))!;
    }
    while (view["endedAt"] is null);

    string test = await http.GetStringAsync($"runs/{run}/artifacts/dataset/test.jsonl");
    return (string?)view["promoted"] == "linear"
        ? [.. test.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["text"]!.GetValue<string>())]
        : throw new InvalidOperationException($"no champion: {view["verdict"] ?? view["failure"]}");
}

static async Task AskAsync(HttpClient http, string[] texts)
{
    using var body = new StringContent(JsonSerializer.Serialize(new { texts }), Encoding.UTF8, "application/json");
    using HttpResponseMessage answer = await http.PostAsync("projects/speed/predict", body);
    answer.EnsureSuccessStatusCode();
    await answer.Content.CopyToAsync(Stream.Null);
}

static async Task SingleAsync(HttpClient http, string[] texts, TimeSpan span, bool say)
{
    var took = new List<double>();
    long started = Stopwatch.GetTimestamp();
    for (int i = 0; Stopwatch.GetElapsedTime(started) < span; i++)
    {
        long asked = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer = await http.PostAsJsonAsync("projects/speed/predict", new { text = texts[i % texts.Length] });
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null);
        took.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
    }

    took.Sort();
    if (say)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"single text, one after the other: p50 {took[took.Count / 2]:0.0} ms, p95 {took[(int)(took.Count * 0.95)]:0.0} ms, p99 {took[(int)(took.Count * 0.99)]:0.0} ms of {took.Count:N0}"));
    }
}
