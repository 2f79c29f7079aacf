using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FineTuneFlow.Api.Http;

namespace FineTuneFlow.Api.Service;

/// <summary>Writes the OpenAPI 3.1 document from the table of routes, so that neither can leave the other behind.</summary>
public static partial class OpenApiDocument
{
    private static readonly Lazy<JsonObject> Document = new(Make);

    public static JsonObject Value => Document.Value;

    private static JsonObject Make()
    {
        var schemas = new OpenApiSchemas();
        foreach (Type body in ApiRoutes.All.Select(route => route.Body).OfType<Type>())
        {
            schemas.Received(body);
        }

        var paths = new JsonObject();
        foreach (ApiRoute route in ApiRoutes.All)
        {
            string path = $"/{ApiRoutes.Prefix}/{TemplatePart().Replace(route.Pattern, "{$1}")}";
            if (paths[path] is not JsonObject operations)
            {
                paths[path] = operations = [];
            }

            operations[route.Method.ToLowerInvariant()] = Operation(route, path, schemas);
        }

        schemas.Reference(typeof(ProblemBody));
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "FineTuneFlow",
                ["version"] = typeof(OpenApiDocument).Assembly.GetName().Version!.ToString(3),
                ["description"] = "From a CSV of labelled texts to a fine-tuned, fairly evaluated, priced and promoted classifier.",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.Value,
                ["securitySchemes"] = new JsonObject
                {
                    ["key"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-functions-key" },
                },
            },
        };
    }

    private static JsonObject Operation(ApiRoute route, string path, OpenApiSchemas schemas)
    {
        var operation = new JsonObject { ["operationId"] = route.Name, ["summary"] = route.Summary };
        JsonArray parameters = [.. RouteParameter().Matches(path).Select(match => (JsonNode)Parameter(match.Groups[1].Value, "path", required: true, null)),
            .. route.Query.Select(query => Parameter(query.Name, "query", required: false, query.Meaning)),
            .. route.Headers.Select(header => Parameter(header.Name, "header", required: false, header.Meaning))];
        if (parameters.Count > 0)
        {
            operation["parameters"] = parameters;
        }

        JsonObject body = route.Body is null ? [] : Content(["application/json"], schemas.Reference(route.Body));
        if (route.Form.Count > 0)
        {
            body["multipart/form-data"] = new JsonObject { ["schema"] = Form(route.Form) };
        }

        if (body.Count > 0)
        {
            operation["requestBody"] = new JsonObject { ["content"] = body };
        }

        var responses = new JsonObject
        {
            [route.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["description"] = "Done.",
                ["content"] = Content(route.MediaTypes, route.Answer is null ? new JsonObject() : schemas.Reference(route.Answer)),
            },
            ["default"] = new JsonObject
            {
                ["description"] = "What is wrong, where, and what to do.",
                ["content"] = Content([FailureProblem.MediaType], schemas.Reference(typeof(ProblemBody))),
            },
        };
        if (route.OrElse is not null)
        {
            responses["200"] = new JsonObject
            {
                ["description"] = route.OrElse,
                ["content"] = responses[route.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)]!["content"]!.DeepClone(),
            };
        }

        operation["responses"] = responses;
        operation["security"] = route.Anonymous ? new JsonArray() : new JsonArray(new JsonObject { ["key"] = new JsonArray() });
        return operation;
    }

    private static JsonObject Form(IReadOnlyList<FormPart> parts)
    {
        var properties = new JsonObject();
        foreach (FormPart part in parts)
        {
            var property = new JsonObject { ["type"] = "string", ["description"] = part.Meaning };
            if (part.IsFile)
            {
                property["contentMediaType"] = "application/octet-stream";
            }

            properties[part.Name] = property;
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. parts.Where(part => part.Required).Select(part => JsonValue.Create(part.Name))]),
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject Parameter(string name, string place, bool required, string? meaning)
    {
        var parameter = new JsonObject
        {
            ["name"] = name, ["in"] = place, ["required"] = required, ["schema"] = new JsonObject { ["type"] = "string" },
        };
        if (meaning is not null)
        {
            parameter["description"] = meaning;
        }

        return parameter;
    }

    private static JsonObject Content(IEnumerable<string> mediaTypes, JsonNode schema)
    {
        var content = new JsonObject();
        foreach (string mediaType in mediaTypes)
        {
            // What is written in another form than JSON has no schema here.
            content[mediaType] = new JsonObject { ["schema"] = mediaType.EndsWith("json", StringComparison.Ordinal) ? schema.DeepClone() : new JsonObject() };
        }

        return content;
    }

    [GeneratedRegex(@"\{([a-zA-Z]+)\}")]
    private static partial Regex RouteParameter();

    /// <summary>A route's parameter; that it takes all that follows, and what it may hold, are no matter of the description.</summary>
    [GeneratedRegex(@"\{\*?(\w+)(?::[^{}]*)?\}")]
    private static partial Regex TemplatePart();
}
