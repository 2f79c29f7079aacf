using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>How much probability the listed token alternatives give to each label. A service lists alternatives only along the
/// path that it generated, so a label's probability is exact where its tokens lie on that path or branch off at their last
/// token, and the probability of the branch where they leave it earlier.</summary>
internal sealed class LabelMass(LabelSet labels, StringComparison comparison)
{
    private readonly double[] _mass = new double[labels.Names.Length];

    /// <summary>Mass by label, at most 1 in all, before normalising; what is missing to 1 went to something else.</summary>
    public double[] Collect(string text, ImmutableArray<ImmutableArray<TokenAlternative>> tokens)
    {
        Walk(text, tokens, position: 0, offset: 0, prefix: "", probability: 1);
        double total = _mass.Sum();
        if (total > 1)
        {
            // Rounded log-probabilities may sum to a little more than one.
            for (int i = 0; i < _mass.Length; i++)
            {
                _mass[i] /= total;
            }
        }

        return _mass;
    }

    private void Walk(
        string text, ImmutableArray<ImmutableArray<TokenAlternative>> tokens, int position, int offset, string prefix, double probability)
    {
        int complete = IndexOf(prefix);
        if (position >= tokens.Length || tokens[position].IsDefaultOrEmpty)
        {
            Give(prefix, complete, probability);
            return;
        }

        TokenAlternative? chosen = Chosen(tokens[position], text, offset);
        double listed = 0;
        foreach (TokenAlternative alternative in tokens[position])
        {
            double share = probability * Math.Exp(Math.Min(0, alternative.LogProbability));
            if (!double.IsFinite(share))
            {
                continue;
            }

            listed += share;
            string next = prefix.Length == 0 ? alternative.Token.TrimStart() : prefix + alternative.Token;
            int exact = IndexOf(next);
            bool extends = next.Length > 0 && CountBeginningWith(next) > (exact >= 0 ? 1 : 0);
            if (ReferenceEquals(alternative, chosen) && (extends || next.Length == 0))
            {
                Walk(text, tokens, position + 1, offset + alternative.Token.Length, next, share);
            }
            else if (next.Length > 0 && (exact >= 0 || extends))
            {
                Give(next, exact, share);
            }
            else if (complete >= 0)
            {
                // The label stood already ("card" of "card" and "card payment") and the answer ended or went on otherwise.
                _mass[complete] += share;
            }
        }

        if (complete >= 0)
        {
            _mass[complete] += Math.Max(0, probability - listed);
        }
    }

    // A branch that was not followed: it may end in any label that begins so, and nothing says in which.
    private void Give(string prefix, int exact, double share)
    {
        if (exact >= 0)
        {
            _mass[exact] += share;
            return;
        }

        int several = prefix.Length == 0 ? 0 : CountBeginningWith(prefix);
        for (int i = 0; several > 0 && i < _mass.Length; i++)
        {
            if (labels.Names[i].StartsWith(prefix, comparison))
            {
                _mass[i] += share / several;
            }
        }
    }

    private static TokenAlternative? Chosen(ImmutableArray<TokenAlternative> alternatives, string text, int offset)
    {
        TokenAlternative? chosen = null;
        foreach (TokenAlternative alternative in alternatives)
        {
            if (alternative.Token.Length > (chosen?.Token.Length ?? 0)
                && string.CompareOrdinal(text, offset, alternative.Token, 0, alternative.Token.Length) == 0)
            {
                chosen = alternative;
            }
        }

        return chosen;
    }

    private int IndexOf(string value)
    {
        for (int i = 0; i < _mass.Length; i++)
        {
            if (string.Equals(labels.Names[i], value, comparison))
            {
                return i;
            }
        }

        return -1;
    }

    private int CountBeginningWith(string start)
    {
        int count = 0;
        foreach (string name in labels.Names)
        {
            count += name.StartsWith(start, comparison) ? 1 : 0;
        }

        return count;
    }
}
