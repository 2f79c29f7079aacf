using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Models;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Wire;

/// <summary>The projects that have a champion, and their versions, as OpenAI's list of models.</summary>
public sealed class GetWireModels(Champions champions) : IApiHandler
{
    public Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation) => WireCall.RunAsync(request, async () =>
    {
        var models = new JsonArray();
        await foreach (string project in champions.ProjectsAsync(cancellation))
        {
            ChampionRecord record = await champions.ReadAsync(project, cancellation);
            Add(project, record.Current!);
            foreach (ChampionVersion version in record.Versions)
            {
                Add($"{project}@{version.Version}", version);
            }

            if (record.Challenger is { } challenger)
            {
                Add($"{project}@challenger", challenger);
            }
        }

        return Results.Json(new JsonObject { ["object"] = "list", ["data"] = models });

        void Add(string id, ChampionVersion version) => models.Add((JsonNode)new JsonObject
        {
            ["id"] = id, ["object"] = "model", ["created"] = version.PromotedAt.ToUnixTimeSeconds(), ["owned_by"] = version.Provider ?? "finetuneflow",
        });
    });
}
