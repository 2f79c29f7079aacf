using System.Collections.Immutable;
using FineTuneFlow.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace FineTuneFlow.Api.Dashboard;

/// <summary>Finds the API's route for a path under <c>/ui/api</c>: there, one function stands for all of them, since who comes
/// through the platform's sign-in has no key.</summary>
public static class PageRoutes
{
    private static readonly ImmutableArray<(ApiRoute Route, TemplateMatcher Matcher, decimal Precedence)> Matchers =
    [
        .. ApiRoutes.All
            .Select(route => (Route: route, Template: TemplateParser.Parse(route.Pattern)))
            .Select(found => (found.Route, new TemplateMatcher(found.Template, []), RoutePrecedence.ComputeInbound(found.Template)))
            .OrderBy(found => found.Item3),
    ];

    /// <param name="method">HTTP method.</param>
    /// <param name="path">Below <c>/ui/api</c>, such as <c>/runs/reviews-1</c>.</param>
    /// <param name="values">The values in the path, where a route is found.</param>
    /// <returns>Null: there is none.</returns>
    public static ApiRoute? Find(string method, PathString path, out RouteValueDictionary values)
    {
        foreach ((ApiRoute route, TemplateMatcher matcher, _) in Matchers)
        {
            values = [];
            if (route.Methods.Contains(method, StringComparer.OrdinalIgnoreCase) && matcher.TryMatch(path, values))
            {
                return route;
            }
        }

        values = [];
        return null;
    }
}
