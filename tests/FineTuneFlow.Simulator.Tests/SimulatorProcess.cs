using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace FineTuneFlow.Simulator.Tests;

/// <summary>The simulator as a process of its own, which can be killed.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private readonly Process _process;

    private SimulatorProcess(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "k");
    }

    public HttpClient Client { get; }

    public static ProcessStartInfo Info(string state, params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string program = typeof(SimulatorApp).Assembly.Location;
        foreach (string argument in (string[])[program, "--urls", "http://127.0.0.1:0", "--state", state, "--parent-watch", .. arguments])
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }

    public static async Task<SimulatorProcess> StartAsync(string state, params string[] arguments)
    {
        Process process = Process.Start(Info(state, arguments))!;
        string line = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        return new SimulatorProcess(process, new Uri(line[(line.LastIndexOf(' ') + 1)..]));
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Closes standard input, as the end of the parent does, and gives the exit code.</summary>
    public async Task<int> CloseInputAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Client.GetStringAsync(path))!;

    public async Task<JsonNode> SendAsync(string path, string body)
    {
        using HttpResponseMessage response = await Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        string text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new HttpRequestException(text, inner: null, response.StatusCode);
    }

    public async Task<string> UploadAsync(string content)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("fine-tune"), "purpose" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", "train.jsonl" },
        };
        using HttpResponseMessage response = await Client.PostAsync("/v1/files", form);
        return JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
    }

    public async Task<string> CreateJobAsync(string file, string run) => (await SendAsync(
        "/v1/fine_tuning/jobs",
        $$$"""{"model":"gpt-4o-mini","training_file":"{{{file}}}","hyperparameters":{"n_epochs":1},"metadata":{"run":"{{{run}}}"}}"""))["id"]!.GetValue<string>();

    public async Task<JsonNode> WaitForJobAsync(string job, string status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            JsonNode now = await GetAsync($"/v1/fine_tuning/jobs/{job}");
            if (now["status"]!.GetValue<string>() == status)
            {
                return now;
            }

            now["status"]!.GetValue<string>().ShouldNotBe("failed", now.ToJsonString());
            await Task.Delay(10, patience.Token);
        }
    }
}
