using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace FineTuneFlow.Tests;

/// <summary>An agent: the protocol's official client, spoken to by the names of tools.</summary>
internal sealed class Agent(McpClient client) : IAsyncDisposable
{
    public McpClient Client => client;

    public static async Task<Agent> ConnectAsync(HttpClient http, Uri address) => new(await McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions { Endpoint = address, TransportMode = HttpTransportMode.StreamableHttp }, http, ownsHttpClient: false)));

    /// <summary>The text of a call that succeeds.</summary>
    public async Task<string> TextAsync(string tool, params (string Name, object? Value)[] arguments)
    {
        (bool failed, string text) = await CallAsync(tool, arguments);
        failed.ShouldBeFalse(text);
        return text;
    }

    /// <summary>The answer of a call that succeeds.</summary>
    public async Task<JsonNode> AskAsync(string tool, params (string Name, object? Value)[] arguments) => JsonNode.Parse(await TextAsync(tool, arguments))!;

    /// <summary>The problem of a call that is refused.</summary>
    public async Task<JsonNode> RefusedAsync(string tool, params (string Name, object? Value)[] arguments)
    {
        (bool failed, string text) = await CallAsync(tool, arguments);
        failed.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async Task<(bool Failed, string Text)> CallAsync(string tool, (string Name, object? Value)[] arguments)
    {
        CallToolResult result = await client.CallToolAsync(tool, arguments.ToDictionary(one => one.Name, one => one.Value));
        return (result.IsError == true, string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text)));
    }
}
