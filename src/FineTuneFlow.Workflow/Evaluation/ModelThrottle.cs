using System.Collections.Concurrent;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>Asks models as fast as their services take it, and no faster. One instance a process: all runs that ask the same
/// model of the same provider share its limit. A question without an answer (throttled, unavailable) is asked again here a
/// bounded number of times; one that has got an answer never is.</summary>
public sealed class ModelThrottle(TimeProvider time, FlowTelemetry? telemetry = null)
{
    /// <summary>Refusals for going too fast cost nothing and pass.</summary>
    private const int MostThrottled = 12;

    /// <summary>A fault of the service may have cost something each time.</summary>
    private const int MostUnavailable = 5;

    private readonly ConcurrentDictionary<(string Provider, string Model), ModelGate> _gates = new();

    /// <summary>Asks one question in its turn.</summary>
    /// <exception cref="FlowException">What the provider said: at once where asking again is of no use, else after the last attempt.</exception>
    public Task<ModelAnswer> AskAsync(IFineTuningProvider provider, ModelQuestion question, CancellationToken cancellation = default) =>
        RunAsync(provider.Facts, question.Model, token => provider.AskAsync(question, token), cancellation);

    /// <summary>As <see cref="AskAsync"/>, for any call that counts against a model's limit.</summary>
    public async Task<ModelAnswer> RunAsync(
        ProviderFacts provider, string model, Func<CancellationToken, Task<ModelAnswer>> ask, CancellationToken cancellation = default)
    {
        ModelGate gate = _gates.GetOrAdd(
            (provider.Name, model), static (_, facts) => new ModelGate(facts.Item1.Name, facts.Item1.MaxConcurrency, facts.Item1.RequestsPerMinute, facts.time), (provider, time));
        int throttled = 0;
        int unavailable = 0;
        while (true)
        {
            long sent = await gate.EnterAsync(cancellation);
            TimeSpan wait;
            try
            {
                ModelAnswer answer = await ask(cancellation);
                gate.Answered(sent, answer.RateLimit);
                return answer;
            }
            catch (FlowException refused) when (refused.Failure.Kind == FailureKind.Throttled)
            {
                gate.Throttled(sent, refused.Failure.RetryAfter);
                telemetry?.Throttled(provider.Name, FailureKind.Throttled);
                if (++throttled >= MostThrottled || refused.Failure.RetryAfter > ModelGate.MostPatience)
                {
                    throw;
                }

                // What was refused waits as it was asked; whether all others must is the gate's to find out.
                wait = refused.Failure.RetryAfter ?? Backoff(throttled);
            }
            catch (FlowException fault) when (fault.Failure.Kind == FailureKind.Unavailable)
            {
                gate.Left();
                if (++unavailable >= MostUnavailable || fault.Failure.RetryAfter > ModelGate.MostPatience)
                {
                    throw;
                }

                wait = fault.Failure.RetryAfter ?? Backoff(unavailable);
            }
            catch
            {
                gate.Left();
                throw;
            }

            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellation);
            }
        }
    }

    /// <summary>A quarter of a second, doubled each time, spread so that those who failed together do not come back together.</summary>
    private static TimeSpan Backoff(int attempt) =>
        TimeSpan.FromSeconds(0.25 * Math.Pow(2, attempt - 1) * (0.75 + (0.5 * Random.Shared.NextDouble())));
}
