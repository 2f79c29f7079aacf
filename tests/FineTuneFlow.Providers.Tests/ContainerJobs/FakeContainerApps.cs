using System.Globalization;
using System.Text.Json.Nodes;
using FineTuneFlow.Providers.Tests.Wire;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Providers.Tests.ContainerJobs;

/// <summary>Resource Manager's side of one Container Apps job, over real HTTP, in the shapes that its specification gives.</summary>
internal sealed class FakeContainerApps : IAsyncDisposable
{
    private const string Job = "/subscriptions/sub-1/resourceGroups/rg/providers/Microsoft.App/jobs/baseline";

    private WireServer _server = null!;

    public Uri Address => new(_server.Address.GetLeftPart(UriPartial.Authority) + "/");

    public List<JsonObject> Executions { get; } = [];

    public List<JsonObject> Starts { get; } = [];

    public List<string> Stopped { get; } = [];

    public WireRequest[] Requests => [.. _server.Requests];

    /// <summary>What happens to the next start: "lost" (answer lost after the effect), "lostAtAll" (lost before it), "unnamed", or a
    /// status such as "500" without effect.</summary>
    public Queue<string> StartFaults { get; } = new();

    public string? ListFault { get; set; }

    /// <summary>Runs between the making of a list and its sending.</summary>
    public Action? AfterList { get; set; }

    public string? NextLinkHost { get; set; }

    public int PageSize { get; set; } = 100;

    public bool HasJob { get; set; } = true;

    public static async Task<FakeContainerApps> StartAsync()
    {
        var fake = new FakeContainerApps();
        fake._server = await WireServer.StartAsync(fake.AnswerAsync);
        return fake;
    }

    public void Set(string name, string status, string? detail = null, int? code = null)
    {
        JsonObject properties = Executions.Single(e => e["name"]!.ToString() == name)["properties"]!.AsObject();
        properties["status"] = status;
        properties["endTime"] = "2026-11-22T10:30:00+00:00";
        properties["detailedStatus"] = new JsonObject
        {
            ["replicas"] = new JsonArray(new JsonObject
            {
                ["name"] = "r1",
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "worker", ["code"] = code, ["additionalInformation"] = detail }),
            }),
        };
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, WireRequest request)
    {
        string path = request.Path;
        if (!path.StartsWith(Job, StringComparison.Ordinal) || !HasJob)
        {
            await WireServer.WriteAsync(context, 404, """{"error":{"code":"ResourceNotFound","message":"no such job"}}""");
        }
        else if (request.Method == "GET" && path == Job)
        {
            await WireServer.WriteAsync(context, 200, JobJson);
        }
        else if (request.Method == "POST" && path == Job + "/start")
        {
            await StartAsync(context, request);
        }
        else if (request.Method == "GET" && path == Job + "/executions")
        {
            await ListAsync(context, request);
        }
        else if (request.Method == "POST" && path.EndsWith("/stop", StringComparison.Ordinal))
        {
            string name = path.Split('/')[^2];
            Stopped.Add(name);
            JsonNode? execution = Executions.Find(e => e["name"]!.ToString() == name);
            bool running = execution?["properties"]!["status"]!.ToString() == "Running";
            await WireServer.WriteAsync(context, execution is null ? 404 : running ? 202 : 400, "{}");
        }
        else
        {
            JsonObject? execution = Executions.Find(e => path == $"{Job}/executions/{e["name"]}");
            await WireServer.WriteAsync(context, execution is null ? 404 : 200, execution?.ToJsonString() ?? "{}");
        }
    }

    private async Task StartAsync(HttpContext context, WireRequest request)
    {
        string? fault = StartFaults.TryDequeue(out string? next) ? next : null;
        if (fault == "lostAtAll")
        {
            context.Abort();
            return;
        }

        if (int.TryParse(fault, out int status))
        {
            context.Response.Headers.RetryAfter = "17";
            await WireServer.WriteAsync(context, status, """{"error":{"code":"Refused","message":"text of a reviewer"}}""");
            return;
        }

        JsonObject template = JsonNode.Parse(request.Text)!.AsObject();
        Starts.Add(template);
        string name = $"baseline-{Starts.Count}";
        Executions.Add(new JsonObject
        {
            ["name"] = name,
            ["properties"] = new JsonObject
            {
                ["status"] = "Running",
                ["startTime"] = $"2026-11-22T10:{Starts.Count:00}:00+00:00",
                ["template"] = template.DeepClone(),
            },
        });
        if (fault == "lost")
        {
            context.Abort();
            return;
        }

        await WireServer.WriteAsync(context, 200, fault == "unnamed" ? "" : new JsonObject { ["name"] = name, ["id"] = $"{Job}/executions/{name}" }.ToJsonString());
    }

    private async Task ListAsync(HttpContext context, WireRequest request)
    {
        if (ListFault is not null)
        {
            await WireServer.WriteAsync(context, int.Parse(ListFault, CultureInfo.InvariantCulture), "<html>gateway</html>");
            return;
        }

        int skip = request.Query.Contains("skip=", StringComparison.Ordinal) ? int.Parse(request.Query.Split("skip=")[1], CultureInfo.InvariantCulture) : 0;
        var page = new JsonObject { ["value"] = new JsonArray([.. Executions.Skip(skip).Take(PageSize).Select(e => e.DeepClone())]) };
        if (skip + PageSize < Executions.Count)
        {
            page["nextLink"] = $"{NextLinkHost ?? Address.ToString().TrimEnd('/')}{Job}/executions?api-version=2026-01-01&skip={skip + PageSize}";
        }

        AfterList?.Invoke();
        await WireServer.WriteAsync(context, 200, page.ToJsonString());
    }

    private const string JobJson = """
        {
          "name": "baseline",
          "properties": {
            "configuration": { "triggerType": "Manual", "replicaTimeout": 7200 },
            "template": {
              "initContainers": [{ "name": "warm-up", "image": "registry/warm:1" }],
              "containers": [
                { "name": "sidecar", "image": "registry/sidecar:1" },
                {
                  "name": "worker", "image": "registry/distilbert:7", "args": ["--verbose"],
                  "resources": { "cpu": 8, "memory": "56Gi", "ephemeralStorage": "8Gi", "gpu": 1 },
                  "probes": [], "volumeMounts": [],
                  "env": [
                    { "name": "AZURE_CLIENT_ID", "value": "client-1" }, { "name": "HF_TOKEN", "secretRef": "hf-token" },
                    { "name": "FTF_RUN_ID", "value": "left over" }
                  ]
                }
              ]
            }
          }
        }
        """;
}
