using System.Text.Json.Nodes;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Jobs;

namespace FineTuneFlow.Simulator.Bookkeeping;

/// <summary><c>GET /simulator/ledger</c>.</summary>
internal sealed class LedgerEndpoint(Ledger ledger, JobStore jobs)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/simulator/ledger", Get);

    private Task Get(HttpContext http)
    {
        LedgerSnapshot snapshot = ledger.Snapshot();
        bool withRows = http.Request.Query["rows"] == "true";
        var inference = new JsonObject();
        foreach ((string model, Dictionary<string, int> rows) in snapshot.Inference.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var entry = new JsonObject
            {
                ["requests"] = rows.Values.Sum(),
                ["distinctRows"] = rows.Count,
                ["askedMostOften"] = rows.Values.Max(),
            };
            if (withRows)
            {
                entry["rows"] = new JsonObject(rows
                    .OrderBy(row => row.Key, StringComparer.Ordinal)
                    .Select(row => KeyValuePair.Create(row.Key, (JsonNode?)row.Value)));
            }

            inference[model] = entry;
        }

        return ApiWriter.WriteAsync(http, new JsonObject
        {
            ["jobs"] = new JsonArray([.. snapshot.Jobs.Select(ToJson)]),
            ["jobsCreated"] = snapshot.Jobs.Count,
            ["duplicateJobs"] = snapshot.Jobs
                .Where(job => job.Metadata.Count > 0)
                .GroupBy(job => string.Join('&', job.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)))
                .Sum(group => group.Count() - 1),
            ["files"] = new JsonArray([.. snapshot.Files.Select(file => new JsonObject
            {
                ["id"] = file.Id,
                ["purpose"] = file.Purpose,
                ["filename"] = file.Filename,
                ["sha256"] = file.Sha256,
            })]),
            ["filesStored"] = snapshot.Files.Count,
            ["duplicateFiles"] = snapshot.Files
                .Where(file => file.Purpose is "fine-tune" or "batch")
                .GroupBy(file => (file.Purpose, file.Sha256))
                .Sum(group => group.Count() - 1),
            ["inference"] = inference,
        });
    }

    private JsonNode ToJson(LedgerJob job)
    {
        FineTuningJob? now = jobs.Find(job.Id);
        return new JsonObject
        {
            ["id"] = job.Id,
            ["model"] = job.Model,
            ["trainingFile"] = job.TrainingFile,
            ["status"] = now?.Status,
            ["trainedTokens"] = now?.TrainedTokens,
            ["metadata"] = new JsonObject(job.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        };
    }
}
