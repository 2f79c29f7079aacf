using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Models;

namespace FineTuneFlow.Simulator.Azure;

/// <summary>The control plane's deployments.</summary>
internal sealed class DeploymentEndpoints(DeploymentStore deployments)
{
    private const string Account =
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.CognitiveServices/accounts/{account}/deployments";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Account + "/{name}", Put);
        routes.MapGet(Account + "/{name}", Get);
        routes.MapDelete(Account + "/{name}", Delete);
        routes.MapGet(Account, List);
    }

    private async Task Put(HttpContext http)
    {
        RequireVersion(http);
        JsonElement body = await RequestBody.ObjectAsync(http);
        JsonElement model = Member(Member(body, "properties"), "model");
        JsonElement sku = Member(body, "sku");
        int capacity = sku.TryGetProperty("capacity", out JsonElement given) && given.TryGetInt32(out int number) ? number : 1;
        if (capacity < 1)
        {
            throw new ApiException(400, "sku.capacity must be at least 1.", "InvalidCapacity");
        }

        string format = model.OptionalString("format") ?? "OpenAI";
        CheckMaker(model.RequiredString("name"), format, sku.RequiredString("name"));
        (Deployment deployment, bool created) = deployments.Put(new Deployment(
            http.RouteId("name"), http.Request.Path.Value!, model.RequiredString("name"), model.OptionalString("version") ?? "1",
            sku.RequiredString("name"), capacity, SucceededAt: 0, AnswersAt: 0, format));
        await ApiWriter.WriteAsync(http, ToJson(deployment), created ? 201 : 200);
    }

    private Task Get(HttpContext http)
    {
        RequireVersion(http);
        return deployments.Find(http.Request.Path.Value!) is { } deployment
            ? ApiWriter.WriteAsync(http, ToJson(deployment))
            : throw new ApiException(404, $"The deployment '{http.RouteId("name")}' was not found.", "ResourceNotFound");
    }

    private Task Delete(HttpContext http)
    {
        RequireVersion(http);
        http.Response.StatusCode = deployments.Delete(http.Request.Path.Value!) ? 200 : 204;
        return Task.CompletedTask;
    }

    private Task List(HttpContext http)
    {
        RequireVersion(http);
        JsonArray all = [.. deployments.Under(http.Request.Path.Value!).Select(ToJson)];
        return ApiWriter.WriteAsync(http, new JsonObject { ["value"] = all });
    }

    private JsonObject ToJson(Deployment deployment) => new()
    {
        ["id"] = deployment.ResourceId,
        ["type"] = "Microsoft.CognitiveServices/accounts/deployments",
        ["name"] = deployment.Name,
        ["sku"] = new JsonObject { ["name"] = deployment.Sku, ["capacity"] = deployment.Capacity },
        ["properties"] = new JsonObject
        {
            ["model"] = new JsonObject { ["format"] = deployment.Format, ["name"] = deployment.Model, ["version"] = deployment.ModelVersion },
            ["provisioningState"] = deployments.IsProvisioned(deployment) ? "Succeeded" : "Creating",
        },
    };

    /// <summary>Open-weight models stand under their maker's format and in one SKU; a wrong format is answered as badly as by Azure.</summary>
    private static void CheckMaker(string model, string format, string sku)
    {
        string maker = BaseModels.MakerOf(model);
        if (!format.Equals(maker, StringComparison.Ordinal))
        {
            throw new ApiException(500, "An internal error occurred.", "InternalServerError");
        }

        if (maker != "OpenAI" && !sku.Equals("GlobalStandard", StringComparison.OrdinalIgnoreCase))
        {
            throw new ApiException(400, $"The specified SKU '{sku}' for model '{model}' is not supported in this region.", "InvalidResourceProperties");
        }
    }

    private static JsonElement Member(JsonElement from, string name) =>
        from.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.Object
            ? member
            : throw new ApiException(400, $"The request has no '{name}'.", "InvalidRequestContent", name);

    private static void RequireVersion(HttpContext http)
    {
        if (string.IsNullOrEmpty(http.Request.Query["api-version"]))
        {
            throw new ApiException(
                400, "The api-version query parameter (?api-version=) is required for all requests.", "MissingApiVersionParameter");
        }
    }
}
