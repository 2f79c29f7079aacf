using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Simulator.Settings;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Simulator.Tests;

/// <summary>A simulator on a free port with a state folder of its own, and a client of it.</summary>
internal sealed class RunningSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsState;

    private RunningSimulator(WebApplication app, string state, bool ownsState)
    {
        _app = app;
        _ownsState = ownsState;
        State = state;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(1) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "test-key");
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public string State { get; }

    public static async Task<RunningSimulator> StartAsync(
        Func<SimulatorOptions, SimulatorOptions>? configure = null, string? state = null, TimeProvider? clock = null)
    {
        string folder = state ?? Directory.CreateTempSubdirectory("simulator-").FullName;
        var options = new SimulatorOptions { Urls = "http://127.0.0.1:0", State = folder, Speed = 50 };
        WebApplication app = SimulatorApp.Build(configure?.Invoke(options) ?? options, clock);
        await app.StartAsync();
        return new RunningSimulator(app, folder, ownsState: state is null);
    }

    public async Task<(int Status, JsonNode Body)> SendAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!);
    }

    /// <summary>An answer that must be 2xx.</summary>
    public async Task<JsonNode> GetAsync(string path) => Successful(await SendAsync(HttpMethod.Get, path));

    /// <inheritdoc cref="GetAsync"/>
    public async Task<JsonNode> PostAsync(string path, JsonNode? body = null) => Successful(await SendAsync(HttpMethod.Post, path, body));

    /// <summary>The code, or else the type, of an error that must come.</summary>
    public async Task<(int Status, string Code)> ErrorAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        (int status, JsonNode answer) = await SendAsync(method, path, body);
        status.ShouldBeGreaterThanOrEqualTo(400, answer.ToJsonString());
        JsonNode error = answer["error"]!;
        return (status, error["code"]?.GetValue<string>() ?? error["param"]?.GetValue<string>() ?? error["type"]!.GetValue<string>());
    }

    public async Task<HttpResponseMessage> UploadRawAsync(
        byte[] content, string purpose = "fine-tune", string name = "data.jsonl", string path = "/v1/files", string? contentType = "application/jsonl")
    {
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent(purpose), "purpose");
        var part = new ByteArrayContent(content);
        if (contentType is not null)
        {
            part.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        form.Add(part, "file", name);
        return await Client.PostAsync(path, form);
    }

    /// <summary>Uploads a file and gives its id.</summary>
    public async Task<string> UploadAsync(string content, string purpose = "fine-tune", string path = "/v1/files")
    {
        using HttpResponseMessage response = await UploadRawAsync(Encoding.UTF8.GetBytes(content), purpose, path: path);
        string text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    public async Task<string> CreateJobAsync(string model, string file, Action<JsonObject>? with = null, string side = "/v1")
    {
        JsonObject body = new() { ["model"] = model, ["training_file"] = file, ["seed"] = 7 };
        with?.Invoke(body);
        return (await PostAsync($"{side}/fine_tuning/jobs", body))["id"]!.GetValue<string>();
    }

    /// <summary>The job once it has one of the states, by default once it is over.</summary>
    public Task<JsonNode> WaitForJobAsync(string id, params string[] states) => WaitForJobAtAsync("/v1", id, states);

    /// <inheritdoc cref="WaitForJobAsync"/>
    public async Task<JsonNode> WaitForJobAtAsync(string side, string id, params string[] states)
    {
        string[] wanted = states.Length == 0 ? ["succeeded", "failed", "cancelled"] : states;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            JsonNode job = await GetAsync($"{side}/fine_tuning/jobs/{id}");
            if (wanted.Contains(job["status"]!.GetValue<string>()))
            {
                return job;
            }

            await Task.Delay(5, patience.Token);
        }
    }

    /// <summary>Uploads, trains and gives the finished job, which must have succeeded.</summary>
    public async Task<JsonNode> TrainAsync(string model, string content, Action<JsonObject>? with = null)
    {
        JsonNode job = await WaitForJobAsync(await CreateJobAsync(model, await UploadAsync(content), with));
        job["status"]!.GetValue<string>().ShouldBe("succeeded", job.ToJsonString());
        return job;
    }

    public async Task<JsonNode> ChatAsync(string model, string text, Action<JsonObject>? with = null)
    {
        JsonObject body = new()
        {
            ["model"] = model,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
            ["temperature"] = 0,
        };
        with?.Invoke(body);
        return await PostAsync("/v1/chat/completions", body);
    }

    public async Task<JsonNode> CompleteAsync(string model, JsonNode prompt, Action<JsonObject>? with = null)
    {
        JsonObject body = new() { ["model"] = model, ["prompt"] = prompt, ["temperature"] = 0 };
        with?.Invoke(body);
        return await PostAsync("/v1/completions", body);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsState)
        {
            Directory.Delete(State, recursive: true);
        }
    }

    private static JsonNode Successful((int Status, JsonNode Body) answer)
    {
        answer.Status.ShouldBeInRange(200, 299, answer.Body.ToJsonString());
        return answer.Body;
    }
}
