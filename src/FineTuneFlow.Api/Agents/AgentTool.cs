using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace FineTuneFlow.Api.Agents;

/// <summary>A route of the API as a tool for agents: the call becomes a request to the route's handler, whose answer is the result.</summary>
internal sealed class AgentTool : McpServerTool
{
    private readonly ApiRoute _route;
    private readonly ImmutableArray<AgentArgument> _arguments;

    /// <param name="route">Whose handler works.</param>
    /// <param name="name">As agents see it.</param>
    /// <param name="description">When to use it.</param>
    /// <param name="effect">What a call changes.</param>
    /// <param name="arguments">What it takes.</param>
    public AgentTool(ApiRoute route, string name, string description, AgentEffect effect, ImmutableArray<AgentArgument> arguments)
    {
        (_route, _arguments) = (route, arguments);
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(arguments.Select(argument => KeyValuePair.Create(argument.Name, (JsonNode?)argument.Schema.DeepClone()))),
            ["required"] = new JsonArray([.. arguments.Where(argument => argument.Required).Select(argument => (JsonNode)argument.Name)]),
            ["additionalProperties"] = false,
        };
        ProtocolTool = new Tool
        {
            Name = name,
            Description = description,
            InputSchema = JsonSerializer.SerializeToElement(schema),
            Annotations = new ToolAnnotations { ReadOnlyHint = effect == AgentEffect.Reads, DestructiveHint = false, IdempotentHint = effect != AgentEffect.CostsEachTime },
        };
    }

    public override Tool ProtocolTool { get; }

    public override IReadOnlyList<object> Metadata => [];

    /// <summary>What changes the arguments before the request is made, and may refuse them; null: nothing.</summary>
    public Func<IServiceProvider, JsonObject, CancellationToken, Task>? Guard { get; init; }

    /// <summary>How the body of the request is made of the arguments that go there; null: as JSON.</summary>
    public Func<JsonObject, HttpContent>? Body { get; init; }

    /// <summary>The part of the handler's answer that is the tool's; null: all.</summary>
    public string? Part { get; init; }

    public override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        IServiceProvider services = request.Services ?? throw new InvalidOperationException("The server has no services");
        var http = new DefaultHttpContext { RequestServices = services, RequestAborted = cancellationToken };
        http.Request.Method = _route.Method;
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        try
        {
            JsonObject given = Given(request.Params.Arguments);
            if (Guard is not null)
            {
                await Guard(services, given, cancellationToken);
            }

            await FillAsync(http.Request, given, cancellationToken);
        }
        catch (FlowException wrong)
        {
            return Failed(JsonSerializer.Serialize(FailureProblem.BodyOf(wrong.Failure, null), FlowJson.Compact));
        }

        ILogger logger = services.GetRequiredService<ILogger<AgentTool>>();
        IResult result = await ApiCall.RunAsync((IApiHandler)services.GetRequiredService(_route.Handler), http.Request, logger, cancellationToken);
        await result.ExecuteAsync(http);
        string text = Encoding.UTF8.GetString(answer.ToArray());
        return http.Response.StatusCode >= 400 ? Failed(text) : Told(text);
    }

    /// <summary>The arguments, all known and none missing.</summary>
    private JsonObject Given(IDictionary<string, JsonElement>? arguments)
    {
        var given = new JsonObject();
        foreach ((string name, JsonElement value) in arguments ?? new Dictionary<string, JsonElement>())
        {
            string[] known = [.. _arguments.Select(argument => argument.Name)];
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                throw ApiRequest.Invalid(
                    $"{ProtocolTool.Name} takes no argument \"{name}\"",
                    NearestName.Of(name, known) is { } near ? $"Did you mean \"{near}\"?" : $"It takes {(known.Length == 0 ? "none" : string.Join(", ", known))}.",
                    name);
            }

            if (value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            {
                given[name] = Read(_arguments.Single(argument => argument.Name == name), value);
            }
        }

        foreach (AgentArgument needed in _arguments.Where(argument => argument.Required && given[argument.Name] is null))
        {
            throw ApiRequest.Invalid($"{ProtocolTool.Name} needs {needed.Name}", (string?)needed.Schema["description"], needed.Name);
        }

        return given;
    }

    /// <summary>Arguments of the route and the query may be any single value, and the body's own reader knows its kinds; the others are checked here.</summary>
    private static JsonNode Read(AgentArgument argument, JsonElement value)
    {
        if (argument.Place == ArgumentPlace.Body && argument.Schema["type"] is JsonValue type)
        {
            (JsonValueKind Kind, string Words)? expected = (string?)type switch
            {
                "string" => (JsonValueKind.String, "a text"),
                "object" => (JsonValueKind.Object, "a JSON object"),
                _ => null,
            };
            if (expected is { } kind && value.ValueKind != kind.Kind)
            {
                throw ApiRequest.Invalid($"{argument.Name} is not {kind.Words}", (string?)argument.Schema["description"], argument.Name);
            }
        }

        try
        {
            return JsonNode.Parse(value.GetRawText(), documentOptions: JsonTexts.EachNameOnce)!;
        }
        catch (JsonException fault)
        {
            throw ApiRequest.Invalid($"{argument.Name} cannot be read: {JsonFault.SentenceOf(fault)}", "Correct it and call again.", argument.Name);
        }
    }

    private async Task FillAsync(HttpRequest request, JsonObject given, CancellationToken cancellation)
    {
        var body = new JsonObject();
        foreach (AgentArgument argument in _arguments.Where(argument => given[argument.Name] is not null))
        {
            JsonNode value = given[argument.Name]!;
            switch (argument.Place)
            {
                case ArgumentPlace.Route:
                    request.RouteValues[argument.Name] = Plain(argument.Name, value);
                    break;
                case ArgumentPlace.Query:
                    request.QueryString = request.QueryString.Add(argument.Name, Plain(argument.Name, value));
                    break;
                default:
                    body[argument.Name] = value.DeepClone();
                    break;
            }
        }

        string path = request.RouteValues.Aggregate(_route.Pattern, (pattern, value) => pattern.Replace($"{{{value.Key}}}", (string?)value.Value, StringComparison.Ordinal));
        request.Path = $"/{ApiRoutes.Prefix}/{path}";
        if (_route.Method == HttpMethods.Get)
        {
            return;
        }

        using HttpContent content = Body?.Invoke(body) ?? new StringContent(body.ToJsonString(FlowJson.Compact), Encoding.UTF8, "application/json");
        request.ContentType = content.Headers.ContentType!.ToString();
        request.Body = new MemoryStream(await content.ReadAsByteArrayAsync(cancellation), writable: false);
        request.ContentLength = request.Body.Length;
    }

    private static string Plain(string name, JsonNode value) => value is JsonValue single
        ? single.ToString()
        : throw ApiRequest.Invalid($"{name} is not a single value", "Give a text or a number.", name);

    private CallToolResult Told(string text)
    {
        if (Part is { } part && JsonNode.Parse(text)?[part] is { } wanted)
        {
            text = wanted.ToJsonString(FlowJson.Compact);
        }

        return new CallToolResult { Content = [new TextContentBlock { Text = text }] };
    }

    private static CallToolResult Failed(string text) => new() { Content = [new TextContentBlock { Text = text }], IsError = true };
}
