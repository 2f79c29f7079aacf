using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Simulator.Http;

namespace FineTuneFlow.Simulator.Faults;

/// <summary><c>/simulator/faults</c>.</summary>
internal sealed class FaultEndpoints(FaultInjector faults)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/simulator/faults", Get);
        routes.MapPut("/simulator/faults", Put);
        routes.MapDelete("/simulator/faults", Delete);
    }

    private Task Get(HttpContext http)
    {
        (FaultPlan plan, int[] matched, int[] fired) = faults.Current;
        var json = (JsonObject)JsonNode.Parse(plan.ToJson())!;
        json["counts"] = new JsonArray([.. matched.Zip(fired, (calls, times) => new JsonObject { ["matched"] = calls, ["fired"] = times })]);
        return ApiWriter.WriteAsync(http, json);
    }

    private async Task Put(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        try
        {
            faults.Set(FaultPlan.Parse(body.ToArray(), "request"));
        }
        catch (FlowException e)
        {
            throw new ApiException(400, e.Failure.ToString(), "invalid_fault_plan");
        }

        await Get(http);
    }

    private Task Delete(HttpContext http)
    {
        faults.Set(FaultPlan.None);
        return Get(http);
    }
}
