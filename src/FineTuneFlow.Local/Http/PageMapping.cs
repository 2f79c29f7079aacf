using FineTuneFlow.Api.Dashboard;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Local.Settings;

namespace FineTuneFlow.Local.Http;

/// <summary>Maps the dashboard: its files hold no data and are given without a key, which the page then asks for.</summary>
public static class PageMapping
{
    public static void MapPages(this WebApplication app, LocalHostOptions options)
    {
        var session = new PageSession(options.ApiKey is null ? PageAccess.Open : PageAccess.Key, "/api", DashboardFiles.Version);
        Map(app, "/", _ => DashboardFiles.Page);
        Map(app, "/ui/session", _ => ApiAnswer.Json(session));
        Map(app, "/ui/{**path}", path => DashboardFiles.Find(path) ?? Results.NotFound());
    }

    private static void Map(WebApplication app, string pattern, Func<string, IResult> answer) =>
        app.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], (HttpContext context) => answer(context.Request.RouteValues["path"] as string ?? ""))
            .AllowAnonymous();
}
