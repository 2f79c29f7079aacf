using System.Globalization;
using System.Text.Json.Nodes;
using FineTuneFlow.Simulator.Http;

namespace FineTuneFlow.Simulator.Models;

/// <summary><c>/models</c>.</summary>
internal sealed class ModelEndpoints(ModelStore models, Shutdowns shutdowns)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", List);
        routes.MapGet("/models/{id}", Get);
        routes.MapDelete("/models/{id}", Delete);
    }

    private Task List(HttpContext http)
    {
        IEnumerable<JsonObject> bases = BaseModels.All
            .SelectMany(model => model.Aliases.Append(model.Id))
            .Select(id => ToJson(id, BaseModels.Created, "system"));
        IEnumerable<JsonObject> tuned = models.All
            .Where(model => model.Step is null)
            .OrderBy(model => model.CreatedAt)
            .Select(model => ToJson(model.Id, model.CreatedAt, "org-simulator"));
        return ApiWriter.WriteAsync(http, new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. bases, .. tuned]) });
    }

    private Task Get(HttpContext http)
    {
        string id = http.RouteId();
        if (BaseModels.Find(id) is not null)
        {
            return ApiWriter.WriteAsync(http, ToJson(id, BaseModels.Created, "system"));
        }

        TunedModel model = models.Find(id) ?? throw Missing(id);
        return ApiWriter.WriteAsync(http, ToJson(id, model.CreatedAt, "org-simulator"));
    }

    private Task Delete(HttpContext http)
    {
        string id = http.RouteId();
        if (BaseModels.Find(id) is not null)
        {
            throw new ApiException(403, "You have insufficient permissions for this operation.");
        }

        TunedModel model = models.Find(id) ?? throw Missing(id);
        models.Delete(model.Id);
        return ApiWriter.WriteAsync(http, new JsonObject { ["id"] = id, ["object"] = "model", ["deleted"] = true });
    }

    internal static ApiException Missing(string model) =>
        new(404, $"The model `{model}` does not exist or you do not have access to it.", "model_not_found", "model");

    private JsonObject ToJson(string id, long created, string owner) => new()
    {
        ["id"] = id,
        ["object"] = "model",
        ["created"] = created,
        ["owned_by"] = owner,
        ["shutdown_date"] = shutdowns.Of(id)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };
}
