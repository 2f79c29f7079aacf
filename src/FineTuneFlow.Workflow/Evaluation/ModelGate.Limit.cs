using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Workflow.Evaluation;

/// <content>What answers and refusals tell of the service's limit.</content>
internal sealed partial class ModelGate
{
    /// <summary>Less from now on: the refusal was the service's limit.</summary>
    /// <param name="sent">The refused request's turn.</param>
    /// <param name="now">Timestamp.</param>
    /// <param name="resume">Until when the service asked to wait; null: it said nothing, as services do that are asked too much at once.</param>
    private void LimitLocked(long sent, long now, long? resume)
    {
        if (sent >= _decreasedAt)
        {
            if (resume is { } until)
            {
                // A rate was passed: concurrency alone would be answered without a time.
                LearnRateLocked(now, until);
            }

            _ceiling = Math.Max(1, Math.Floor(_limit) - 1);
            _floor = Math.Max(1, _limit * 0.5);
            _limit = Math.Max(1, _limit * Decrease);
            _decreasedAt = now;
        }
        else
        {
            // Sent before the one that was refused first: each more is one too many.
            _limit = Math.Max(_floor, _limit - 1);
            _ceiling = Math.Max(_floor, _ceiling.GetValueOrDefault(_limit) - 1);
        }

        _pausedUntil = Math.Max(_pausedUntil, resume ?? long.MinValue);
    }

    /// <summary>Whether a refusal was the limit is told by what happens to the few requests sent next: behind a limit hardly one
    /// is answered. Those already under way say nothing yet, since refusals come back sooner than answers.</summary>
    private void WitnessLocked(long sent, bool refused, long now)
    {
        if (_doubt is not { } doubt || sent < doubt.Since)
        {
            return;
        }

        doubt.Refused += refused ? 1 : 0;
        doubt.Answered += refused ? 0 : 1;
        if (doubt.Refused == Witnesses)
        {
            _doubt = null;
            (_trust, _contradicted, _rateBefore) = (MostTrust, 0, _rate);
            LimitLocked(now, now, doubt.Resume(_refusesByChance));
            _found = _rate;
        }
        else if (doubt.Answered == Witnesses - 1)
        {
            _doubt = null;
            _contradicted++;
            _refusesByChance = true;
            _trust = 0;
            if (_contradicted > 1)
            {
                // What was let through at a pace that was too low says nothing about the service's.
                (_cycleStart, _cycleTaken) = (now, 0);
            }

            // At first what was lowered on trust is taken back, then the limit that was found, then all that was.
            _rate = Math.Min(_mostRate, _contradicted switch
            {
                1 => Math.Max(_rate, _found) * Restore,
                2 => Math.Max(_rate * Restore, _rateBefore),
                _ => double.PositiveInfinity,
            });
        }
    }

    /// <summary>Whether a refusal is the limit that was found before: as long as it has not been found anew for some time, or comes
    /// at quite another pace, it is doubted.</summary>
    private bool IsKnownLimitLocked(long resume)
    {
        bool same = MeasuredRate(resume) >= _learned * SameLimit;
        // Below the known limit nothing is refused because of it.
        // Nor is one that would make the limit another, at a service that is known to refuse by chance.
        int cost = !same ? (_refusesByChance ? MostTrust + 1 : 3) : _rate >= _learned ? 1 : MostTrust + 1;
        if (_trust < cost)
        {
            return false;
        }

        _trust -= cost;
        return true;
    }

    /// <summary>Until the first refusal by one an answer, which doubles it each round trip; then CUBIC.</summary>
    private void GrowLocked()
    {
        if (_ceiling is not { } ceiling)
        {
            _limit = Math.Min(_most, _limit + 1);
            return;
        }

        double plateau = Math.Cbrt(ceiling * (1 - Decrease) / Cubic);
        double seconds = _time.GetElapsedTime(_decreasedAt).TotalSeconds - plateau;
        _limit = Math.Min(_most, Math.Max(_limit, ceiling + (Cubic * seconds * seconds * seconds)));
    }

    /// <summary>What was let through since the last refusal, over the time that it took with the pause, is the service's pace.</summary>
    private void LearnRateLocked(long now, long resume)
    {
        double seconds = _time.GetElapsedTime(_cycleStart, resume).TotalSeconds;
        if (_cycleTaken > _inFlight && seconds > 0)
        {
            _learned = MeasuredRate(resume);
            _rate = Math.Min(_mostRate, MeasuredRate(resume) * ShareOfRate);
        }

        _cycleStart = resume;
        _cycleTaken = 0;
        _credit = Math.Min(_credit, 0);
        _creditAt = Math.Max(now, resume);
    }

    private double MeasuredRate(long resume) =>
        Math.Max(1, _cycleTaken) / Math.Max(1e-3, _time.GetElapsedTime(_cycleStart, resume).TotalSeconds);

    /// <summary>When the allowance is nearly used up, go on at the pace at which it fills.</summary>
    private void HeedLocked(RateLimitNote note)
    {
        int used = note.Limit - note.Remaining;
        if (used > 0 && note.Reset > TimeSpan.Zero && note.Remaining <= Math.Max(1, _inFlight * 2))
        {
            _rate = Math.Min(_mostRate, used / note.Reset.TotalSeconds * ShareOfRate);
            _credit = Math.Min(_credit, note.Remaining - _inFlight);
        }
    }

    /// <summary>A refusal of which it is not yet known whether it was the limit.</summary>
    private sealed class Doubt(long since, long resume)
    {
        /// <summary>Requests sent from then on bear witness.</summary>
        public long Since { get; } = since;

        /// <summary>Until when the service asked to wait, refusal by refusal.</summary>
        public List<long> Resumes { get; } = [resume];

        /// <summary>Requests let through since, and what came of them.</summary>
        public int Sent { get; set; }

        public int Answered { get; set; }

        public int Refused { get; set; }

        /// <summary>Until when all wait where it was the limit: the longest, but at a service that refuses by chance, with a wait that says
        /// nothing about its limit, what most of them told.</summary>
        public long Resume(bool refusesByChance) => refusesByChance ? Resumes.Order().ElementAt((Resumes.Count - 1) / 2) : Resumes.Max();

        public bool WantsWitness => Sent < Witnesses || Sent == Answered + Refused;
    }
}
