using FineTuneFlow.Api;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Tests;

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
        function.Arguments.ShouldBe([$"AuthorizationLevel.{(route.Anonymous ? "Anonymous" : "Function")}", $"\"{route.Method.ToLowerInvariant()}\""]);
        function.Trigger.Parameter.Type!.ToString().ShouldBe("HttpRequest");
        function.Syntax.ReturnType.ToString().ShouldBe("Task<IResult>");
        function.Body.ShouldContain($"RunAsync<{route.Handler.Name}>(request, client, context)");
    }

    [Fact]
    public void Problems_are_told_by_the_same_code_as_in_the_local_host() =>
        Repository.Read("src", "FineTuneFlow.Functions", "Http", "ApiRunner.cs").ShouldContain("ApiCall.RunAsync(");

    [Fact]
    public void The_host_adds_no_prefix_of_its_own_since_the_pages_stand_beside_the_API() =>
        Settings.JsonFile.Host["extensions"]!["http"]!["routePrefix"]!.GetValue<string>().ShouldBe("");
}
