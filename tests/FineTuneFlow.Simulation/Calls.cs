using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Simulation;

/// <summary>The network between a host and a service: requests arrive late, answers get lost, and both happen although the host that
/// asked may be dead by then.</summary>
/// <param name="world">Where it is.</param>
/// <param name="loses">Requests that make something get lost far more often.</param>
internal sealed class Calls(World world, bool loses)
{
    /// <param name="point">Names the call in the draws.</param>
    /// <param name="makes">It makes something: a lost answer is Ambiguous, and the request may still arrive after the sender gave up.</param>
    /// <param name="arrive">What the service does when the request arrives.</param>
    /// <param name="refusals">Share of requests that the service turns away.</param>
    /// <param name="refusal">How it does so; null: for the moment.</param>
    /// <param name="lost">Told when a sender begins to wait for an answer that it will not get.</param>
    public async Task<T> SendAsync<T>(string point, bool makes, Func<T> arrive, double refusals = 0.02, Func<Failure>? refusal = null, Action? lost = null)
    {
        await World.LiveAsync();
        Chance chance = world.Chance;
        double fate = chance.Next(point);
        TimeSpan there = chance.Between($"{point} there", 0.02, 1.5);
        TimeSpan back = chance.Between($"{point} back", 0.02, 1.5);
        if (fate < refusals)
        {
            await world.PauseAsync(there);
            throw new FlowException(refusal?.Invoke() ?? new Failure(makes ? FailureKind.Throttled : FailureKind.Unavailable, "Not now", RetryAfter: TimeSpan.FromSeconds(3)));
        }

        fate = refusals < 0.03 ? fate : 0.02 + ((fate - refusals) / (1 - refusals) * 0.98);
        if (makes && fate < (loses ? 0.25 : 0.05))
        {
            lost?.Invoke();
            // The sender gives up; its request arrives all the same, or does not.
            TimeSpan patience = TimeSpan.FromSeconds(100);
            if (chance.Hits($"{point} arrives late", 0.7))
            {
                world.Later(patience + chance.Between($"{point} how late", -90, 25), () => Try(arrive));
            }

            await world.PauseAsync(patience);
            throw new FlowException(FailureKind.Ambiguous, "No answer in time");
        }

        if (fate < (loses ? 0.29 : 0.09))
        {
            there += chance.Magnitude($"{point} slow", 1, 90);
        }

        T? answer = default;
        FlowException? answeredNo = null;
        world.Later(there, () =>
        {
            try
            {
                answer = arrive();
            }
            catch (FlowException no)
            {
                answeredNo = no;
            }
        });
        await world.PauseAsync(there + back);
        if (fate > 0.97)
        {
            throw new FlowException(makes ? FailureKind.Ambiguous : FailureKind.Unavailable, "The answer was lost");
        }

        return answeredNo is null ? answer! : throw answeredNo;
    }

    private static void Try<T>(Func<T> arrive)
    {
        try
        {
            _ = arrive();
        }
        catch (FlowException)
        {
            // Nobody is there any more to be told.
        }
    }
}
