using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>Reads an answer token by token of the JSON, without a document: an evaluation reads tens of thousands of them.
/// Chat: <c>choices[0].message.content</c> and <c>logprobs.content[]</c>; legacy completion: <c>choices[0].text</c> and
/// <c>logprobs.top_logprobs[]</c>, objects of token and log-probability.</summary>
internal ref partial struct AnswerReading(ReadOnlySpan<byte> body)
{
    private Utf8JsonReader _json = new(body);
    private string? _text;
    private string? _finish;
    private string? _refusal;
    private int? _promptTokens;
    private int? _completionTokens;
    private int? _reasoningTokens;
    private ImmutableArray<ImmutableArray<TokenAlternative>> _tokens = [];
    private bool _sawChoice;

    /// <summary>Null where there is no choice in it.</summary>
    /// <exception cref="JsonException">No JSON, or of an impossible shape.</exception>
    public static ModelAnswer? Read(ReadOnlySpan<byte> body, double latencyMs)
    {
        var reading = new AnswerReading(body);
        try
        {
            reading.ReadAnswer();
        }
        catch (InvalidOperationException broken)
        {
            // The name of a member with half a surrogate pair, which cannot be compared with any other.
            throw new JsonException("A name in the answer is no text", broken);
        }

        return reading._sawChoice
            ? new ModelAnswer(reading._text ?? "", reading._tokens, reading._finish, reading._refusal, reading._promptTokens, reading._completionTokens, latencyMs)
            {
                ReasoningTokens = reading._reasoningTokens,
            }
            : null;
    }

    private void ReadAnswer()
    {
        _json.Read();
        if (!Enter())
        {
            return;
        }

        while (NextMember())
        {
            if (_json.ValueTextEquals("choices"u8))
            {
                _json.Read();
                ReadChoices();
            }
            else if (_json.ValueTextEquals("usage"u8))
            {
                _json.Read();
                ReadUsage();
            }
            else
            {
                SkipMember();
            }
        }
    }

    private void ReadUsage()
    {
        if (!Enter())
        {
            return;
        }

        while (NextMember())
        {
            if (_json.ValueTextEquals("prompt_tokens"u8))
            {
                _promptTokens = Whole();
            }
            else if (_json.ValueTextEquals("completion_tokens"u8))
            {
                _completionTokens = Whole();
            }
            else if (_json.ValueTextEquals("completion_tokens_details"u8))
            {
                _json.Read();
                ReadCompletionDetails();
            }
            else
            {
                SkipMember();
            }
        }
    }

    private void ReadCompletionDetails()
    {
        if (!Enter())
        {
            return;
        }

        while (NextMember())
        {
            if (_json.ValueTextEquals("reasoning_tokens"u8))
            {
                _reasoningTokens = Whole();
            }
            else
            {
                SkipMember();
            }
        }
    }

    private void ReadChoices()
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            _json.Skip();
            return;
        }

        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_sawChoice || !Enter())
            {
                _json.Skip();
                continue;
            }

            _sawChoice = true;
            while (NextMember())
            {
                if (_json.ValueTextEquals("text"u8))
                {
                    _text = TextValue();
                }
                else if (_json.ValueTextEquals("finish_reason"u8))
                {
                    _finish = TextValue();
                }
                else if (_json.ValueTextEquals("message"u8))
                {
                    _json.Read();
                    ReadMessage();
                }
                else if (_json.ValueTextEquals("logprobs"u8))
                {
                    _json.Read();
                    ReadLogProbabilities();
                }
                else
                {
                    SkipMember();
                }
            }
        }
    }

    private void ReadMessage()
    {
        if (!Enter())
        {
            return;
        }

        while (NextMember())
        {
            if (_json.ValueTextEquals("content"u8))
            {
                _text = TextValue();
            }
            else if (_json.ValueTextEquals("refusal"u8))
            {
                _refusal = TextValue();
            }
            else
            {
                SkipMember();
            }
        }
    }

    private delegate T Item<out T>(ref AnswerReading reading);

    /// <summary>The reader stands on a value; anything but an array is an empty one.</summary>
    private static ImmutableArray<T> ReadList<T>(ref AnswerReading reading, Item<T> item)
    {
        if (reading._json.TokenType != JsonTokenType.StartArray)
        {
            reading._json.Skip();
            return [];
        }

        var items = ImmutableArray.CreateBuilder<T>();
        while (reading._json.Read() && reading._json.TokenType != JsonTokenType.EndArray)
        {
            items.Add(item(ref reading));
        }

        return items.DrainToImmutable();
    }

    /// <summary>Whether the reader stands on an object; another value is passed over.</summary>
    private bool Enter()
    {
        if (_json.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        _json.Skip();
        return false;
    }

    /// <summary>To the next member's name of the object that was entered; false at its end.</summary>
    private bool NextMember() => _json.Read() && _json.TokenType == JsonTokenType.PropertyName;

    private string? TextValue()
    {
        _json.Read();
        return TextHere();
    }

    private string? TextHere()
    {
        if (_json.TokenType == JsonTokenType.String)
        {
            return Decoded();
        }

        _json.Skip();
        return null;
    }

    /// <summary>A token may be half a character, which some services write as a lone surrogate: then it is not a text, but the rest
    /// of the answer is still good.</summary>
    private string Decoded()
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    private double? NumberHere()
    {
        if (_json.TokenType == JsonTokenType.Number)
        {
            return _json.GetDouble();
        }

        _json.Skip();
        return null;
    }

    private int? Whole()
    {
        _json.Read();
        return NumberHere() is { } number && number is >= 0 and <= int.MaxValue ? (int)number : null;
    }

    /// <summary>From a member's name behind its value.</summary>
    private void SkipMember() => _json.Skip();
}
