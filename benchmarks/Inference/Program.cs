using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using FineTuneFlow.Benchmarks.Inference;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Simulator;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;

// Rows a second of an evaluation over HTTP (throttle, OpenAI pipeline, reading of log-probabilities) beside what the simulator alone
// answers, in turns on the same machine. Processor time a row hardly depends on what else the machine does; rows a second do.
// usage: dotnet run -c Release --project benchmarks/Inference [-- SECONDS [CONCURRENCY]]
int seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
int concurrency = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 64;
string state = Directory.CreateTempSubdirectory("ftf-inference-").FullName;
using Process simulator = Process.Start(new ProcessStartInfo(
    "dotnet", [typeof(SimulatorApp).Assembly.Location, "--urls", "http://127.0.0.1:0", "--state", state, "--speed", "100", "--parent-watch"])
{
    RedirectStandardInput = true,
    RedirectStandardOutput = true,
})!;
var address = new Uri((await simulator.StandardOutput.ReadLineAsync())!.Split(' ')[^1]);
var options = new ProviderOptions
{
    Name = "simulator",
    Kind = ProviderKind.Simulator,
    BaseAddress = new Uri(address, "/v1/"),
    PriceKey = "simulator",
    MaxConcurrency = concurrency,
};
using var provider = new OpenAIProvider(options, TimeProvider.System);
(string Text, string Label)[] rows = MakeReviews(3000);

foreach (string model in new[] { "gpt-4o-mini", "babbage-002" })
{
    string tuned = await TrainAsync(model);
    ModelFamily family = TrainingForm.FamilyOf(model);
    var form = new TrainingForm(family);
    ModelQuestion[] questions = [.. rows.Take(1000).Select(row => new ModelQuestion
    {
        Model = tuned,
        Family = family,
        Messages = [new ChatTurn("user", family == ModelFamily.Completion ? form.Prompt(row.Text) : row.Text)],
        MaxTokens = 1,
        TopLogProbabilities = 5,
    })];
    byte[][] bodies = [.. questions.Select(question => QuestionWriting.Body(question, options, AskingManner.Standard).ToArray())];
    string path = family == ModelFamily.Completion ? "/v1/completions" : "/v1/chat/completions";
    Func<TimeSpan, Task<long>> raw = time => RawLoad.AskAsync(address, path, bodies, concurrency, time);
    Func<TimeSpan, Task<long>> ours = time => EvaluateAsync(questions, time);
    await raw(TimeSpan.FromSeconds(2));
    await ours(TimeSpan.FromSeconds(2));
    foreach ((string what, Func<TimeSpan, Task<long>> load) in new[] { ("simulator alone, bare sockets", raw), ("evaluation", ours), ("simulator alone, bare sockets", raw), ("evaluation", ours) })
    {
        await MeasureAsync($"{model}, {what}", load);
    }
}

simulator.StandardInput.Close();
await simulator.WaitForExitAsync();
Directory.Delete(state, recursive: true);

async Task MeasureAsync(string what, Func<TimeSpan, Task<long>> load)
{
    simulator.Refresh();
    (TimeSpan theirs, TimeSpan ours) = (simulator.TotalProcessorTime, Environment.CpuUsage.TotalTime);
    long start = Stopwatch.GetTimestamp();
    long asked = await load(TimeSpan.FromSeconds(seconds));
    double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
    simulator.Refresh();
    Console.WriteLine(
        $"{what}: {asked / elapsed:F0} rows/s at concurrency {concurrency}; processor time a row: client "
        + $"{(Environment.CpuUsage.TotalTime - ours).TotalMicroseconds / asked:F0} us, simulator {(simulator.TotalProcessorTime - theirs).TotalMicroseconds / asked:F0} us");
}

async Task<long> EvaluateAsync(ModelQuestion[] questions, TimeSpan time)
{
    var throttle = new ModelThrottle(TimeProvider.System);
    long total = 0;
    long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
    await Task.WhenAll(Enumerable.Range(0, concurrency).Select(async first =>
    {
        for (int i = first; Stopwatch.GetTimestamp() < end; i++)
        {
            await throttle.AskAsync(provider, questions[i % questions.Length]);
            Interlocked.Increment(ref total);
        }
    }));
    return total;
}

async Task<string> TrainAsync(string model)
{
    bool chat = TrainingForm.FamilyOf(model) == ModelFamily.Chat;
    byte[] content = Encoding.UTF8.GetBytes(string.Concat(rows.Select(row => chat
        ? $$"""{"messages":[{"role":"user","content":"{{row.Text}}"},{"role":"assistant","content":"{{row.Label}}"}]}""" + "\n"
        : $$"""{"prompt":"{{row.Text}}\n\n###\n\n","completion":" {{row.Label}}"}""" + "\n")));
    ProviderFile file = await provider.UploadFileAsync($"{model}.jsonl", new MemoryStream(content), content.Length);
    ProviderJob job = await provider.CreateJobAsync(new JobRequest
    {
        Model = model,
        TrainingFile = file.Id,
        Suffix = "bench",
        Epochs = 1,
        Metadata = ImmutableSortedDictionary<string, string>.Empty,
    });
    while (!job.HasEnded)
    {
        await Task.Delay(20);
        job = (await provider.GetJobAsync(job.Id))!;
    }

    return job.TunedModel ?? throw new InvalidOperationException($"{job.ErrorCode}: {job.ErrorMessage}");
}

static (string Text, string Label)[] MakeReviews(int count)
{
    string[] words = "terrible broken slow poor okay average decent good nice excellent love perfect the app phone it battery screen update is and after every".Split(' ');
    var random = new StableRandom(1);
    return [.. Enumerable.Range(0, count).Select(i => (
        string.Join(' ', Enumerable.Range(0, 25).Select(_ => words[random.Below(words.Length)])) + " " + i, $"{1 + random.Below(5)}"))];
}
