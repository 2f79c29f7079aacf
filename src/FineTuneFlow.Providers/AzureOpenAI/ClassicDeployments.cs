using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using Azure.AI.OpenAI;
using OpenAI.Chat;

namespace FineTuneFlow.Providers.AzureOpenAI;

/// <summary>Asks Azure's deployments at their classic address (<c>openai/deployments/NAME</c> with an api-version), which open-weight models
/// need, through Azure.AI.OpenAI's protocol methods: our own JSON goes in and comes out, and its retries are off. What of that library
/// works beside the OpenAI library is in docs/decisions/openai-library.md.</summary>
internal sealed class ClassicDeployments
{
    private const string OpenAIHost = ".openai.azure.com";
    private const string ServicesHost = ".cognitiveservices.azure.com";

    private readonly AzureOpenAIClient _client;
    private readonly ConcurrentDictionary<string, ChatClient> _chats = new(StringComparer.Ordinal);

    /// <param name="options">A provider whose profile names a classic version.</param>
    /// <param name="transport">Shared with the provider's other calls.</param>
    /// <exception cref="Core.Failures.FlowException">InvalidInput: the library does not know the version.</exception>
    public ClassicDeployments(ProviderOptions options, PipelineTransport transport)
    {
        string version = options.Profile.Deployment!.ClassicVersion!;
        if (!Enum.TryParse($"V{version.Replace('-', '_')}", ignoreCase: true, out AzureOpenAIClientOptions.ServiceVersion known))
        {
            throw SettingReader.Wrong(
                $"Providers:{options.Name}:Profile:Deployment:ClassicVersion",
                $"is \"{version}\"",
                $"Give one of: {string.Join(", ", Enum.GetNames<AzureOpenAIClientOptions.ServiceVersion>().Select(name => name[1..].Replace('_', '-').ToLowerInvariant()))}");
        }

        var client = new AzureOpenAIClientOptions(known)
        {
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = options.RequestTimeout,
            Transport = transport,
            UserAgentApplicationId = "FineTuneFlow",
        };
        Uri endpoint = EndpointOf(options.BaseAddress);
        _client = options.Key is { } key
            ? new AzureOpenAIClient(endpoint, new ApiKeyCredential(key), client)
            : new AzureOpenAIClient(endpoint, AzureIdentity.From(options.Credential, options.ClientId), client);
    }

    /// <summary>The answer, whatever its status.</summary>
    /// <param name="deployment">Its name.</param>
    /// <param name="body">Of a chat completion.</param>
    public async Task<PipelineResponse> AskAsync(string deployment, BinaryData body, CancellationToken cancellation)
    {
        ChatClient chat = _chats.GetOrAdd(deployment, _client.GetChatClient);
        ClientResult answer = await chat.CompleteChatAsync(
            BinaryContent.Create(body),
            new RequestOptions { CancellationToken = cancellation, BufferResponse = true, ErrorOptions = ClientErrorBehaviors.NoThrow });
        return answer.GetRawResponse();
    }

    /// <summary>From the v1 address to the resource's own: open-weight models answer at cognitiveservices.azure.com.</summary>
    internal static Uri EndpointOf(Uri baseAddress)
    {
        var resource = new UriBuilder(baseAddress);
        int v1 = resource.Path.LastIndexOf("openai/v1/", StringComparison.OrdinalIgnoreCase);
        resource.Path = v1 >= 0 ? resource.Path[..v1] : "/";
        if (resource.Host.EndsWith(OpenAIHost, StringComparison.OrdinalIgnoreCase))
        {
            resource.Host = resource.Host[..^OpenAIHost.Length] + ServicesHost;
        }

        return resource.Uri;
    }
}
