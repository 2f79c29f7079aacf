using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Faults;

/// <summary>Sends webhooks, signed after the Standard Webhooks specification, at most three attempts each. What the fault plan
/// says is done to them: sent twice, after the next one, or not at all.</summary>
internal sealed class WebhookSender(
    SimulatorOptions options, TimeProvider clock, FaultInjector faults, ILogger<WebhookSender> log) : BackgroundService
{
    private static readonly TimeSpan HeldBack = TimeSpan.FromSeconds(1);
    private readonly Channel<Webhook> _queue = Channel.CreateUnbounded<Webhook>();

    /// <param name="type">Such as <c>fine_tuning.job.succeeded</c>.</param>
    /// <param name="id">Of what it is about.</param>
    public void Send(string type, string id)
    {
        if (options.WebhookUrl is null)
        {
            return;
        }

        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        var body = new JsonObject
        {
            ["object"] = "event",
            ["id"] = Ids.New("evt_"),
            ["type"] = type,
            ["created_at"] = now,
            ["data"] = new JsonObject { ["id"] = id },
        };
        _queue.Writer.TryWrite(new Webhook(Ids.New("wh_"), now, JsonSerializer.SerializeToUtf8Bytes(body, FlowJson.Compact)));
    }

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    public static string Sign(string secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] key = Convert.FromBase64String(secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret["whsec_".Length..] : secret);
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await SendAllAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Webhooks are a hint: what was not sent is found by polling.
        }
    }

    private async Task SendAllAsync(CancellationToken stoppingToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        Webhook? held = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            Webhook? next = await NextAsync(held, stoppingToken);
            if (next is not null)
            {
                List<FaultRule> fired = faults.For("WEBHOOK", "");
                if (held is null && fired.Any(rule => rule.Action == FaultAction.ReorderWebhook))
                {
                    held = next;
                    continue;
                }

                int times = fired.Any(rule => rule.Action == FaultAction.DropWebhook) ? 0
                    : fired.Any(rule => rule.Action == FaultAction.DuplicateWebhook) ? 2 : 1;
                for (int i = 0; i < times; i++)
                {
                    await DeliverAsync(client, next, stoppingToken);
                }
            }

            if (held is not null)
            {
                await DeliverAsync(client, held, stoppingToken);
                held = null;
            }
        }
    }

    private async Task<Webhook?> NextAsync(Webhook? held, CancellationToken ct)
    {
        if (held is null)
        {
            return await _queue.Reader.ReadAsync(ct);
        }

        using var heldLongEnough = new CancellationTokenSource(HeldBack, clock);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct, heldLongEnough.Token);
        try
        {
            return await _queue.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task DeliverAsync(HttpClient client, Webhook webhook, CancellationToken ct)
    {
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, options.WebhookUrl);
                request.Content = new ByteArrayContent(webhook.Body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                request.Headers.Add("webhook-id", webhook.Id);
                request.Headers.Add("webhook-timestamp", webhook.Timestamp.ToString(CultureInfo.InvariantCulture));
                request.Headers.Add("webhook-signature", Sign(options.WebhookSecret, webhook.Id, webhook.Timestamp, webhook.Body));
                using HttpResponseMessage response = await client.SendAsync(request, ct);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }

                log.LogWarning("Webhook {Id} was answered with {Status} (attempt {Attempt})", webhook.Id, (int)response.StatusCode, attempt);
            }
            catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !ct.IsCancellationRequested))
            {
                log.LogWarning("Webhook {Id} was not delivered (attempt {Attempt}): {Reason}", webhook.Id, attempt, e.Message);
            }

            await Task.Delay(options.Simulated(TimeSpan.FromSeconds(attempt)), clock, ct);
        }
    }

    private sealed record Webhook(string Id, long Timestamp, byte[] Body);
}
