using FineTuneFlow.Api;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Tests;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Options;

namespace FineTuneFlow.Functions.Tests.Sources;

/// <summary>Both hosts answer the same routes with the same handlers: the local one maps <see cref="ApiRoutes"/>, the app is
/// compared with it.</summary>
public sealed class RoutesTests
{
    private static readonly Dictionary<string, FunctionMethod> Functions =
        FunctionMethod.All.Where(f => f.TriggerKind == "HttpTrigger").ToDictionary(f => f.Name);

    public static TheoryData<string> Names => [.. ApiRoutes.All.Select(r => r.Name)];

    /// <summary>The dashboard's own, in the order in which the host tries them.</summary>
    private static readonly string[] Pages = ["UiApi", "UiHome", "UiSession", "UiView"];

    [Fact]
    public void The_app_has_every_route_the_pages_and_no_other() =>
        Functions.Keys.ShouldBe([.. ApiRoutes.All.Select(r => r.Name), .. Pages], ignoreOrder: true);

    [Fact]
    public void What_takes_every_path_below_ui_comes_after_the_others() => Pages.ShouldBe(Pages.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_route_has_the_local_hosts_method_pattern_handler_and_guard(string name)
    {
        ApiRoute route = ApiRoutes.All.Single(r => r.Name == name);
        FunctionMethod function = Functions[name];

        function.Argument("Route").ShouldBe($"\"{ApiRoutes.Prefix}/{route.Pattern}\"");
        function.Arguments.ShouldBe([$"AuthorizationLevel.{(route.Anonymous ? "Anonymous" : "Function")}", .. route.Methods.Select(method => $"\"{method.ToLowerInvariant()}\"")]);
        function.Trigger.Parameter.Type!.ToString().ShouldBe("HttpRequest");
        function.Syntax.ReturnType.ToString().ShouldBe("Task<IResult>");
        function.Body.ShouldContain($"RunAsync<{route.Handler.Name}>(request, client, context)");
    }

    /// <summary>The host sorts functions by name without regard to case and gives a request to the first whose route and method
    /// match. Seen in WebJobs.Script.WebHost 4.1037: a catch-all took the route of a later name.</summary>
    [Fact]
    public void In_the_hosts_order_every_route_comes_to_its_own_function()
    {
        (string Name, string[] Methods, RouteTemplate Template)[] indexed =
        [
            .. Functions.Values.OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase).Select(f => (
                f.Name,
                f.Arguments.Skip(1).Select(method => method.Trim('"')).ToArray(),
                TemplateParser.Parse(f.Argument("Route")!.Trim('"')))),
        ];
        foreach ((string name, string[] methods, RouteTemplate template) in indexed)
        {
            foreach (string path in PathsOf(template))
            {
                foreach (string method in methods)
                {
                    indexed.First(other => other.Methods.Contains(method) && Matches(other.Template, path)).Name.ShouldBe(name, $"{method} {path}");
                }
            }
        }
    }

    /// <summary>Requests for a route: a catch-all with one segment and with two.</summary>
    private static IEnumerable<string> PathsOf(RouteTemplate template)
    {
        string At(string rest) => "/" + string.Join('/', template.Segments.Select(segment => segment.Parts[0] switch
        {
            { IsCatchAll: true } => rest,
            { IsParameter: true, IsOptional: true } => "",
            { IsParameter: true } part => $"some-{part.Name}",
            var part => part.Text,
        }));
        yield return At("file.json");
        yield return At("folder/file.json");
    }

    private static bool Matches(RouteTemplate template, string path)
    {
        var values = new RouteValueDictionary();
        if (!new TemplateMatcher(template, []).TryMatch(path, values))
        {
            return false;
        }

        var resolver = new DefaultInlineConstraintResolver(Options.Create(new RouteOptions()), new NoServices());
        return template.Parameters.All(parameter => parameter.InlineConstraints.All(inline =>
            (parameter.IsOptional && values[parameter.Name!] is null)
            || resolver.ResolveConstraint(inline.Constraint)!.Match(null, null, parameter.Name!, values, RouteDirection.IncomingRequest)));
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    [Fact]
    public void Problems_are_told_by_the_same_code_as_in_the_local_host() =>
        Repository.Read("src", "FineTuneFlow.Functions", "Http", "ApiRunner.cs").ShouldContain("ApiCall.RunAsync(");

    [Fact]
    public void The_host_adds_no_prefix_of_its_own_since_the_pages_stand_beside_the_API() =>
        Settings.JsonFile.Host["extensions"]!["http"]!["routePrefix"]!.GetValue<string>().ShouldBe("");
}
