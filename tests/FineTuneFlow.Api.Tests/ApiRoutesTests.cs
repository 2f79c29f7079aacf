using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Api.Service;

namespace FineTuneFlow.Api.Tests;

public class ApiRoutesTests
{
    [Fact]
    public void Every_route_and_every_name_stands_once()
    {
        ApiRoutes.All.Select(route => $"{route.Method} {route.Pattern}").ShouldBeUnique();
        ApiRoutes.All.Select(route => route.Name).ShouldBeUnique();
        ApiRoutes.All.ShouldAllBe(route => route.Name == route.Handler.Name);
    }

    [Fact]
    public void Every_handler_of_the_assembly_has_its_route()
    {
        Type[] handlers = [.. typeof(IApiHandler).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IApiHandler)))];

        ApiRoutes.All.Select(route => route.Handler).ShouldBe(handlers, ignoreOrder: true);
    }

    [Fact]
    public void Only_health_and_the_signed_webhook_answer_without_a_key() =>
        ApiRoutes.All.Where(route => route.Anonymous).Select(route => route.Pattern).ShouldBe(["webhooks/openai", "health"], ignoreOrder: true);

    [Fact]
    public void The_OpenAPI_document_describes_every_route_and_all_its_references_resolve()
    {
        JsonObject document = OpenApiDocument.Value;

        foreach (ApiRoute route in ApiRoutes.All)
        {
            string path = $"/api/{route.Pattern.Replace("{*", "{", StringComparison.Ordinal).Replace(":minlength(1)", "", StringComparison.Ordinal)}";
            JsonNode? operation = document["paths"]?[path]?[route.Method.ToLowerInvariant()];
            operation.ShouldNotBeNull($"{route.Method} {path}");
            operation["operationId"]!.GetValue<string>().ShouldBe(route.Name);
            operation["responses"]!["default"]!["content"]!["application/problem+json"].ShouldNotBeNull();
        }

        foreach (string reference in References(document))
        {
            Resolve(document, reference).ShouldNotBeNull(reference);
        }
    }

    [Fact]
    public void The_OpenAPI_document_tells_of_forms_headers_and_repeated_starts()
    {
        JsonNode start = OpenApiDocument.Value["paths"]!["/api/runs"]!["post"]!;
        JsonNode form = start["requestBody"]!["content"]!["multipart/form-data"]!["schema"]!;

        form["properties"]!.AsObject().Select(property => property.Key).ShouldBe(["project", "file", "recipe"]);
        form["required"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe(["project", "file"]);
        start["requestBody"]!["content"]!["application/json"].ShouldNotBeNull();
        start["responses"]!.AsObject().Select(response => response.Key).ShouldBe(["202", "default", "200"], ignoreOrder: true);
        OpenApiDocument.Value["paths"]!["/api/projects/{project}/recipe"]!["put"]!["parameters"]!.AsArray()
            .ShouldContain(parameter => parameter!["name"]!.GetValue<string>() == "If-Match");
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => p.Key == "$ref" && p.Value is JsonValue value ? [value.GetValue<string>()] : References(p.Value)),
        JsonArray a => a.SelectMany(References),
        _ => [],
    };

    private static JsonNode? Resolve(JsonNode document, string reference)
    {
        JsonNode? at = document;
        foreach (string part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            at = at is JsonArray array ? array[int.Parse(part)] : at?[part];
        }

        return at;
    }
}
