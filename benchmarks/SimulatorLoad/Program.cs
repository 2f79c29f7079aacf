using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Benchmarks.Inference;
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
    byte[][] bodies = [.. rows.Take(1000).Select(row => JsonSerializer.SerializeToUtf8Bytes(body(row)))];
    // Until the just-in-time compiler has done its work.
    await RawLoad.AskAsync(address, path, bodies, connections, TimeSpan.FromSeconds(8));
    simulator.Refresh();
    TimeSpan before = simulator.TotalProcessorTime;
    long asked = await RawLoad.AskAsync(address, path, bodies, connections, TimeSpan.FromSeconds(seconds));
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

static List<LabelledText> MakeReviews(int count)
{
    string[] words = "terrible broken slow poor okay average decent good nice excellent love perfect the app phone it battery screen update is and after every".Split(' ');
    var random = new StableRandom(1);
    return [.. Enumerable.Range(0, count).Select(i => new LabelledText(
        string.Join(' ', Enumerable.Range(0, 25).Select(_ => words[random.Below(words.Length)])) + " " + i, $"{1 + random.Below(5)}"))];
}
