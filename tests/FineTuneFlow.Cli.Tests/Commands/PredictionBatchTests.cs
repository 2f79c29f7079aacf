using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FineTuneFlow.Cli.CommandLine;

namespace FineTuneFlow.Cli.Tests.Commands;

/// <summary><c>ftf predict FILE --project P --out FILE</c> against a host that gives up in the middle.</summary>
public sealed class PredictionBatchTests : IDisposable
{
    private const int Rows = 450;

    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-batch-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 60_000)]
    public async Task An_interrupted_file_goes_on_where_it_stopped_and_each_row_is_asked_once()
    {
        string file = Path.Combine(_folder, "new.csv");
        string output = Path.Combine(_folder, "answers.csv");
        await File.WriteAllLinesAsync(file, ["id,text", .. Enumerable.Range(0, Rows).Select(i => $"{i},text {i}")], TestContext.Current.CancellationToken);
        using var host = new StandInHost { RefusesFrom = 2 };

        (int stopped, _, _) = await Ask(host, file, output);
        stopped.ShouldNotBe(ExitCode.Ok);
        File.Exists(output).ShouldBeFalse("an output that is not whole would be taken for one");
        // The process died while it wrote a line.
        await File.AppendAllTextAsync(output + ".part", "{\"label\":\"te", TestContext.Current.CancellationToken);
        host.RefusesFrom = int.MaxValue;
        (int code, string told, string error) = await Ask(host, file, output);

        code.ShouldBe(ExitCode.Ok, error);
        told.ShouldContain("450 rows, 400 of them from before");
        host.Answered.ShouldBe([.. Enumerable.Range(0, Rows).Select(i => $"text {i}")]);
        host.Keys.Distinct().Count().ShouldBe(3, "the piece that was refused is asked again under its own key");
        string[] lines = await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken);
        lines.Length.ShouldBe(Rows + 1);
        lines[450].ShouldStartWith("450,text 449,");
        File.Exists(output + ".part").ShouldBeFalse();
    }

    private static Task<(int Code, string Output, string Error)> Ask(StandInHost host, string file, string output) =>
        Ftf.RunAsync("predict", file, "-p", "reviews", "--host", host.Address, "--out", output);

    /// <summary>Answers every text with itself as label, until it refuses.</summary>
    private sealed class StandInHost : IDisposable
    {
        private readonly HttpListener _listener = new();
        private int _calls;

        public StandInHost()
        {
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
            free.Stop();
            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _ = AnswerAsync();
        }

        public string Address { get; }

        /// <summary>Calls from this one on, counted from 0, are refused.</summary>
        public int RefusesFrom { get; set; }

        public List<string> Answered { get; } = [];

        public List<string> Keys { get; } = [];

        public void Dispose() => _listener.Close();

        private async Task AnswerAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext call;
                try
                {
                    call = await _listener.GetContextAsync();
                }
                catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                JsonNode asked = (await JsonNode.ParseAsync(call.Request.InputStream))!;
                bool refused = _calls++ >= RefusesFrom;
                JsonArray texts = asked["texts"]!.AsArray();
                Keys.Add(asked["key"]!.GetValue<string>());
                if (!refused)
                {
                    Answered.AddRange(texts.Select(text => text!.GetValue<string>()));
                }

                JsonNode answer = refused
                    ? new JsonObject { ["title"] = "the model is gone", ["status"] = 410, ["kind"] = "modelRetired" }
                    : new JsonObject
                    {
                        ["answers"] = new JsonArray([.. texts.Select(text => (JsonNode)new JsonObject
                        {
                            ["label"] = text!.GetValue<string>(), ["version"] = 1, ["model"] = "linear", ["latencyMs"] = 1, ["costUsd"] = 0,
                        })]),
                    };
                call.Response.StatusCode = refused ? 410 : 200;
                call.Response.ContentType = refused ? "application/problem+json" : "application/json";
                await using StreamWriter writer = new(call.Response.OutputStream);
                await writer.WriteAsync(answer.ToJsonString());
            }
        }
    }
}
