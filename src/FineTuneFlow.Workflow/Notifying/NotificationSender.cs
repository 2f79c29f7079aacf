using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Workflow.Webhooks;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Notifying;

/// <summary>Delivers the outbox to the webhook: signed by the Standard Webhooks scheme, tried again for three days, marked when it was
/// taken. A crash between delivery and mark sends the same <c>webhook-id</c> once more, by which a receiver knows it.</summary>
public sealed class NotificationSender(Outbox outbox, NotificationOptions options, TimeProvider time, ILogger<NotificationSender> logger) : IDisposable
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private bool _tookUp;

    /// <summary>Sends what is due.</summary>
    public async Task TickAsync(CancellationToken cancellation)
    {
        if (options.Url is null)
        {
            return;
        }

        if (!_tookUp)
        {
            await outbox.TakeUpAsync(cancellation);
            _tookUp = true;
        }

        await foreach ((Notification due, string etag) in outbox.DueAsync(time.GetUtcNow(), cancellation))
        {
            await SendAsync(due, etag, cancellation);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(Notification due, string etag, CancellationToken cancellation)
    {
        Notification tried = due with { Attempts = due.Attempts + 1, NextAt = time.GetUtcNow() + Wait(due.Attempts) };
        // Counted before it is sent: of two hosts one gets to send it.
        if (await outbox.PostponeAsync(due, etag, tried, cancellation) is not { } counted)
        {
            return;
        }

        bool taken = await PostAsync(due, cancellation);
        if (taken || tried.Attempts >= Notification.MostAttempts)
        {
            await outbox.CloseAsync(tried with { DeliveredAt = taken ? time.GetUtcNow() : null }, counted, cancellation);
        }
    }

    private async Task<bool> PostAsync(Notification due, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new { type = due.Event, timestamp = due.At, text = due.Text, data = new { due.Project, due.RunId } }, FlowJson.Compact);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        DateTimeOffset now = time.GetUtcNow();
        request.Headers.Add("webhook-id", due.Id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (options.Secret is { } secret)
        {
            request.Headers.Add("webhook-signature", WebhookSignature.Sign(secret, due.Id, now, body));
        }

        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, cancellation);
            if (answer.IsSuccessStatusCode)
            {
                return true;
            }

            logger.LogWarning("The notification {Id} ({Event}) was answered with {Status}", due.Id, due.Event, (int)answer.StatusCode);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            logger.LogWarning("The notification {Id} ({Event}) did not arrive: {Error}", due.Id, due.Event, error.GetType().Name);
        }

        return false;
    }

    private static TimeSpan Wait(int attempts)
    {
        TimeSpan wait = First * Math.Pow(3, Math.Min(attempts, 10));
        return wait < Longest ? wait : Longest;
    }
}
