using FineTuneFlow.Simulator.Services;

namespace FineTuneFlow.Simulator.Http;

internal static class HttpContextExtensions
{
    /// <summary>The service that the simulator stands in for in this request.</summary>
    public static SimulatedService Service(this HttpContext http) => SimulatedServices.Of(http.Request.Path);

    public static bool IsAzure(this HttpContext http) => http.Service().Azure;

    public static string RouteId(this HttpContext http, string name = "id") => (string)http.Request.RouteValues[name]!;
}
