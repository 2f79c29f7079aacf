using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace FineTuneFlow.Crash.Tests;

/// <summary>Writes to a stack over HTTP, remembers what was acknowledged, and reads all of it back.</summary>
internal sealed class StackPromises : IDisposable
{
    private const string Project = "kept";
    private readonly StackHome _home;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly Dictionary<string, string> _feedback = [];
    private readonly Dictionary<string, string> _runs = [];
    private readonly Dictionary<string, string> _ends = [];
    private int _recipe = -1;
    private int _recipeAsked = -1;
    private int _writes;

    public StackPromises(StackHome home)
    {
        _home = home;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "crash");
    }

    /// <summary>How many writes were acknowledged.</summary>
    public int Count => _files.Count + _feedback.Count + _runs.Count + _recipe + 1;

    public IReadOnlyCollection<string> Runs => _runs.Keys;

    /// <summary>One write after the other until it is asked to stop, or nobody answers any more.</summary>
    public async Task WriteAsync(CancellationToken stop)
    {
        try
        {
            // So many that each kill meets one, and so few that all can be read back.
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(30));
            while (!stop.IsCancellationRequested)
            {
                (await WriteOneAsync()).ShouldBeNull();
                await pace.WaitForNextTickAsync(CancellationToken.None);
            }
        }
        catch (Exception killed) when (killed is HttpRequestException or IOException)
        {
            // What was not acknowledged may be there or not.
        }
    }

    /// <summary>A recipe, feedback, or a file for the simulator, in turn.</summary>
    /// <returns>What was said instead of an acknowledgement; null: it was acknowledged.</returns>
    public Task<string?> WriteOneAsync() => (_writes++ % 3) switch { 0 => RecipeAsync(), 1 => FeedbackAsync(), _ => FileAsync() };

    /// <summary>Starts a run; false where nobody answers.</summary>
    /// <param name="project">Of the run.</param>
    /// <param name="csv">The drop.</param>
    /// <param name="recipe">JSON.</param>
    public async Task<bool> RunAsync(string project, string csv, string recipe)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(project), "project" }, { new StringContent(recipe), "recipe" }, { new StringContent(csv), "file", "reviews.csv" },
        };
        try
        {
            using HttpResponseMessage answer = await _http.PostAsync(new Uri(_home.Api, "runs"), form);
            string body = await answer.Content.ReadAsStringAsync();
            answer.IsSuccessStatusCode.ShouldBeTrue(body);
            _runs[JsonNode.Parse(body)!["runId"]!.GetValue<string>()] = csv;
            return true;
        }
        catch (Exception killed) when (killed is HttpRequestException or IOException)
        {
            return false;
        }
    }

    /// <summary>Reads every acknowledged write; a failure names it.</summary>
    /// <param name="when">For the message.</param>
    public async Task ReadBackAsync(string when)
    {
        if (_recipe >= 0)
        {
            string recipe = await _http.GetStringAsync(new Uri(_home.Api, $"projects/{Project}/recipe"));
            int edition = int.Parse(recipe.Split("edition ")[1].Split('\n')[0], CultureInfo.InvariantCulture);
            edition.ShouldBeInRange(_recipe, _recipeAsked, $"{when}: the recipe");
        }

        if (_feedback.Count > 0)
        {
            JsonNode said = (await _http.GetFromJsonAsync<JsonNode>(new Uri(_home.Api, $"projects/{Project}/feedback")))!;
            var labels = said["feedback"]!.AsArray().ToDictionary(
                one => one!["feedback"]!["text"]!.GetValue<string>(), one => one!["feedback"]!["label"]!.GetValue<string>());
            foreach ((string text, string label) in _feedback)
            {
                labels.GetValueOrDefault(text).ShouldBe(label, $"{when}: the feedback to \"{text}\"");
            }
        }

        foreach ((string id, byte[] content) in _files)
        {
            (await _http.GetByteArrayAsync(new Uri(_home.Simulator, $"v1/files/{id}/content"))).ShouldBe(content, $"{when}: the simulator's file {id}");
        }

        foreach ((string runId, string csv) in _runs)
        {
            JsonNode run = await RunAsync(runId);
            string project = run["project"]!.GetValue<string>();
            string[] drops = Directory.GetFiles(Path.Combine(_home.Folder, "storage", "uploads", project));
            drops.ShouldContain(drop => File.ReadAllText(drop) == csv, $"{when}: the drop of {runId}");
            string outcome = run["outcome"]!.GetValue<string>();
            if (_ends.TryGetValue(runId, out string? ended))
            {
                outcome.ShouldBe(ended, $"{when}: the outcome of {runId}, which had ended");
            }
            else if (outcome != "running")
            {
                _ends[runId] = outcome;
            }
        }
    }

    /// <summary>A run as the host shows it.</summary>
    public async Task<JsonNode> RunAsync(string runId) => (await _http.GetFromJsonAsync<JsonNode>(new Uri(_home.Api, $"runs/{runId}")))!;

    /// <summary>Begins a run again, all of it.</summary>
    public async Task<string> RerunAsync(string runId)
    {
        using HttpResponseMessage answer = await _http.PostAsync(new Uri(_home.Api, $"runs/{runId}/rerun?anew=true"), null);
        return JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["runId"]!.GetValue<string>();
    }

    public async Task<JsonNode> LedgerAsync() => (await _http.GetFromJsonAsync<JsonNode>(new Uri(_home.Simulator, "simulator/ledger")))!;

    public void Dispose() => _http.Dispose();

    private async Task<string?> RecipeAsync()
    {
        int edition = ++_recipeAsked;
        using var content = new StringContent(
            $$"""{ "dataset": { "labels": { "order": ["1", "3"] } } } // edition {{edition}}""" + "\n", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.PutAsync(new Uri(_home.Api, $"projects/{Project}/recipe"), content);
        if (!answer.IsSuccessStatusCode)
        {
            return await answer.Content.ReadAsStringAsync();
        }

        _recipe = edition;
        return null;
    }

    private async Task<string?> FeedbackAsync()
    {
        string text = $"said {_writes}";
        string label = _writes % 2 == 0 ? "1" : "3";
        using HttpResponseMessage answer = await _http.PostAsJsonAsync(new Uri(_home.Api, $"projects/{Project}/feedback"), new { text, label });
        if (!answer.IsSuccessStatusCode)
        {
            return await answer.Content.ReadAsStringAsync();
        }

        _feedback[text] = label;
        return null;
    }

    private async Task<string?> FileAsync()
    {
        byte[] content = Encoding.UTF8.GetBytes($$"""{"prompt":"file {{_writes}}","completion":" 1"}""" + "\n");
        using var form = new MultipartFormDataContent { { new StringContent("fine-tune"), "purpose" }, { new ByteArrayContent(content), "file", "kept.jsonl" } };
        using HttpResponseMessage answer = await _http.PostAsync(new Uri(_home.Simulator, "v1/files"), form);
        string body = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
        {
            return body;
        }

        _files[JsonNode.Parse(body)!["id"]!.GetValue<string>()] = content;
        return null;
    }
}
