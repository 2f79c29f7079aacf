namespace FineTuneFlow.Simulator.Http;

internal static class HttpContextExtensions
{
    /// <summary>Whether the request came in on the Azure side.</summary>
    public static bool IsAzure(this HttpContext http) =>
        http.Request.Path.StartsWithSegments("/openai", StringComparison.Ordinal)
        || http.Request.Path.StartsWithSegments("/subscriptions", StringComparison.OrdinalIgnoreCase);

    public static string RouteId(this HttpContext http, string name = "id") => (string)http.Request.RouteValues[name]!;
}
