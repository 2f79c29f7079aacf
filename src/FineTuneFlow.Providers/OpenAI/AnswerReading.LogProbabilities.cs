using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>The part that reads log-probabilities, which come in two shapes.</summary>
internal ref partial struct AnswerReading
{
    private void ReadLogProbabilities()
    {
        ImmutableArray<string?> tokens = [];
        ImmutableArray<double?> values = [];
        ImmutableArray<ImmutableArray<TokenAlternative>> top = [];
        if (!Enter())
        {
            return;
        }

        while (NextMember())
        {
            if (_json.ValueTextEquals("content"u8))
            {
                _json.Read();
                top = ReadList(ref this, static (ref AnswerReading reading) => reading.ReadPosition());
            }
            else if (_json.ValueTextEquals("tokens"u8))
            {
                _json.Read();
                tokens = ReadList(ref this, static (ref AnswerReading reading) => reading.TextHere());
            }
            else if (_json.ValueTextEquals("token_logprobs"u8))
            {
                _json.Read();
                values = ReadList(ref this, static (ref AnswerReading reading) => reading.NumberHere());
            }
            else if (_json.ValueTextEquals("top_logprobs"u8))
            {
                _json.Read();
                top = ReadList(ref this, static (ref AnswerReading reading) => reading.ReadMap());
            }
            else
            {
                SkipMember();
            }
        }

        var positions = ImmutableArray.CreateBuilder<ImmutableArray<TokenAlternative>>(Math.Max(top.Length, tokens.Length));
        for (int at = 0; at < Math.Max(top.Length, tokens.Length); at++)
        {
            TokenAlternative? chosen = at < tokens.Length && at < values.Length && tokens[at] is { } token && values[at] is { } value
                ? new TokenAlternative(token, Math.Min(0, value))
                : null;
            positions.Add(WithChosen(at < top.Length ? top[at] : [], chosen));
        }

        _tokens = positions.MoveToImmutable();
    }

    /// <summary>One position of a chat answer: {token, logprob, top_logprobs: [{token, logprob}]}.</summary>
    private ImmutableArray<TokenAlternative> ReadPosition()
    {
        string? token = null;
        double? value = null;
        ImmutableArray<TokenAlternative> others = [];
        if (!Enter())
        {
            return [];
        }

        while (NextMember())
        {
            if (_json.ValueTextEquals("token"u8))
            {
                token = TextValue();
            }
            else if (_json.ValueTextEquals("logprob"u8))
            {
                _json.Read();
                value = NumberHere();
            }
            else if (_json.ValueTextEquals("top_logprobs"u8))
            {
                _json.Read();
                others = [.. ReadList(ref this, static (ref AnswerReading reading) => reading.ReadPosition()).Where(one => !one.IsEmpty).Select(one => one[0])];
            }
            else
            {
                SkipMember();
            }
        }

        return WithChosen(others, token is not null && value is { } chosen ? new TokenAlternative(token, Math.Min(0, chosen)) : null);
    }

    /// <summary>One position of a legacy completion: {token: log-probability}.</summary>
    private ImmutableArray<TokenAlternative> ReadMap()
    {
        var alternatives = ImmutableArray.CreateBuilder<TokenAlternative>(5);
        if (!Enter())
        {
            return [];
        }

        while (NextMember())
        {
            string token = Decoded();
            _json.Read();
            if (NumberHere() is { } value)
            {
                alternatives.Add(new TokenAlternative(token, Math.Min(0, value)));
            }
        }

        return alternatives.DrainToImmutable();
    }

    /// <summary>The chosen token may be missing among the likeliest: then it is put first.</summary>
    private static ImmutableArray<TokenAlternative> WithChosen(ImmutableArray<TokenAlternative> listed, TokenAlternative? chosen)
    {
        if (chosen is null)
        {
            return listed;
        }

        foreach (TokenAlternative one in listed)
        {
            if (one.Token == chosen.Token)
            {
                return listed;
            }
        }

        return [chosen, .. listed];
    }
}
