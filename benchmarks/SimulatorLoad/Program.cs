using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator;

// Trains a five-class model in a simulator of its own and asks it over raw sockets, so that the client takes little of the two cores.
// usage: dotnet run -c Release --project benchmarks/SimulatorLoad [-- SECONDS [CONNECTIONS]]
int seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
int connections = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 16;
string state = Directory.CreateTempSubdirectory("simulator-load-").FullName;
using Process simulator = Process.Start(new ProcessStartInfo(
    "dotnet", [typeof(SimulatorApp).Assembly.Location, "--urls", "http://127.0.0.1:0", "--state", state, "--speed", "100", "--parent-watch"])
{
    RedirectStandardInput = true,
    RedirectStandardOutput = true,
})!;
var address = new Uri((await simulator.StandardOutput.ReadLineAsync())!.Split(' ')[^1]);
using var http = new HttpClient { BaseAddress = address };
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "k");

List<LabelledText> rows = MakeReviews(3000);
string chat = await TrainAsync("gpt-4o-mini", row => new { messages = new[] { new { role = "user", content = row.Text }, new { role = "assistant", content = row.Label } } });
string completion = await TrainAsync("babbage-002", row => new { prompt = row.Text + TrainingForm.PromptEnding, completion = " " + row.Label });
foreach ((string name, string path, Func<LabelledText, object> body) in new (string, string, Func<LabelledText, object>)[]
{
    ("chat, top_logprobs 5", "/v1/chat/completions", row => new
    {
        model = chat, messages = new[] { new { role = "user", content = row.Text } }, max_tokens = 1, temperature = 0, logprobs = true, top_logprobs = 5,
    }),
    ("completion, logprobs 5", "/v1/completions", row => new
    {
        model = completion, prompt = row.Text + TrainingForm.PromptEnding, max_tokens = 1, temperature = 0, logprobs = 5,
    }),
})
{
    byte[][] requests = [.. rows.Take(1000).Select(row => Request(path, body(row)))];
    // Until the just-in-time compiler has done its work.
    await AskAsync(requests, TimeSpan.FromSeconds(8));
    simulator.Refresh();
    TimeSpan before = simulator.TotalProcessorTime;
    long asked = await AskAsync(requests, TimeSpan.FromSeconds(seconds));
    simulator.Refresh();
    // Processor time a request hardly depends on what else the machine does; requests a second do.
    double microseconds = (simulator.TotalProcessorTime - before).TotalMicroseconds / asked;
    Console.WriteLine($"{name}: {(double)asked / seconds:F0} requests/s with {connections} connections, {microseconds:F0} us of the simulator's processor time each");
}

simulator.StandardInput.Close();
await simulator.WaitForExitAsync();
Directory.Delete(state, recursive: true);

async Task<string> TrainAsync(string model, Func<LabelledText, object> example)
{
    using var form = new MultipartFormDataContent
    {
        { new StringContent("fine-tune"), "purpose" },
        { new StringContent(string.Join('\n', rows.Select(row => JsonSerializer.Serialize(example(row))))), "file", "train.jsonl" },
    };
    string file = await SendAsync(http.PostAsync("/v1/files", form), "id");
    string job = await SendAsync(http.PostAsync("/v1/fine_tuning/jobs", Json(new { model, training_file = file, hyperparameters = new { n_epochs = 1 } })), "id");
    long start = Stopwatch.GetTimestamp();
    while (await SendAsync(http.GetAsync($"/v1/fine_tuning/jobs/{job}"), "status") != "succeeded")
    {
        await Task.Delay(10);
    }

    Console.WriteLine($"{model}: {rows.Count} rows, 1 epoch in {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s");
    return await SendAsync(http.GetAsync($"/v1/fine_tuning/jobs/{job}"), "fine_tuned_model");
}

async Task<string> SendAsync(Task<HttpResponseMessage> sending, string member)
{
    using HttpResponseMessage response = await sending;
    return JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())![member]!.GetValue<string>();
}

StringContent Json(object value) => new(JsonSerializer.Serialize(value), Encoding.UTF8, "application/json");

byte[] Request(string path, object body)
{
    byte[] json = JsonSerializer.SerializeToUtf8Bytes(body);
    string head = $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer k\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n";
    return [.. Encoding.ASCII.GetBytes(head), .. json];
}

async Task<long> AskAsync(byte[][] requests, TimeSpan time)
{
    long total = 0;
    long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
    await Task.WhenAll(Enumerable.Range(0, connections).Select(async first =>
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        byte[] buffer = new byte[64 * 1024];
        for (int i = first; Stopwatch.GetTimestamp() < end; i++)
        {
            await socket.SendAsync(requests[i % requests.Length]);
            await ReadAnswerAsync(socket, buffer);
            Interlocked.Increment(ref total);
        }
    }));
    return total;
}

static async Task ReadAnswerAsync(Socket socket, byte[] buffer)
{
    int held = 0;
    while (true)
    {
        held += await socket.ReceiveAsync(buffer.AsMemory(held));
        int head = buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            continue;
        }

        string headers = Encoding.ASCII.GetString(buffer, 0, head);
        if (!headers.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(buffer, 0, held));
        }

        int at = headers.IndexOf("Content-Length: ", StringComparison.Ordinal) + "Content-Length: ".Length;
        int end = headers.IndexOf('\r', at);
        int length = int.Parse(end < 0 ? headers[at..] : headers[at..end], CultureInfo.InvariantCulture);
        if (held >= head + 4 + length)
        {
            return;
        }
    }
}

static List<LabelledText> MakeReviews(int count)
{
    string[] words = "terrible broken slow poor okay average decent good nice excellent love perfect the app phone it battery screen update is and after every".Split(' ');
    var random = new StableRandom(1);
    return [.. Enumerable.Range(0, count).Select(i => new LabelledText(
        string.Join(' ', Enumerable.Range(0, 25).Select(_ => words[random.Below(words.Length)])) + " " + i, $"{1 + random.Below(5)}"))];
}
