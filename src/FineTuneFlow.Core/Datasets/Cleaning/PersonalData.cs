namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Patterns of personal data in a text: e-mail addresses, telephone and payment card numbers.</summary>
internal static class PersonalData
{
    public static TextFacts Find(ReadOnlySpan<byte> text) =>
        (HasEmail(text) ? TextFacts.Email : TextFacts.None) | Numbers(text);

    private static bool HasEmail(ReadOnlySpan<byte> text)
    {
        for (int at = text.IndexOf((byte)'@'); at >= 0;)
        {
            if (at > 0 && IsAddress(text[at - 1]) && DomainHasDot(text[(at + 1)..]))
            {
                return true;
            }

            int next = text[(at + 1)..].IndexOf((byte)'@');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    private static bool IsAddress(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' or (byte)'+' or (byte)'.';

    private static bool DomainHasDot(ReadOnlySpan<byte> domain)
    {
        for (int i = 0; i < domain.Length; i++)
        {
            if (domain[i] == '.')
            {
                return i > 0 && i + 2 < domain.Length
                    && char.IsAsciiLetter((char)domain[i + 1]) && char.IsAsciiLetter((char)domain[i + 2]);
            }

            if (!char.IsAsciiLetterOrDigit((char)domain[i]) && domain[i] != '-')
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>A run of digits with single separators: a card by its length and Luhn's check, a telephone number by its length
    /// and a leading plus or separators.</summary>
    private static TextFacts Numbers(ReadOnlySpan<byte> text)
    {
        TextFacts facts = TextFacts.None;
        Span<byte> digits = stackalloc byte[20];
        int at = 0;
        while (at < text.Length)
        {
            int first = text[at..].IndexOfAnyInRange((byte)'0', (byte)'9');
            if (first < 0 || text.Length - at - first < 9)
            {
                return facts;
            }

            int start = at + first;
            int count = 0;
            int separators = 0;
            int i = start;
            bool gap = false;
            for (; i < text.Length; i++)
            {
                byte b = text[i];
                if (b is >= (byte)'0' and <= (byte)'9')
                {
                    if (count < digits.Length)
                    {
                        digits[count] = (byte)(b - '0');
                    }

                    count++;
                    gap = false;
                }
                else if (!gap && b is (byte)' ' or (byte)'-' or (byte)'.' or (byte)')' && count > 0)
                {
                    separators++;
                    gap = b != ')';
                }
                else
                {
                    break;
                }
            }

            facts |= Judge(digits[..Math.Min(count, digits.Length)], count, separators, before: start > 0 ? text[start - 1] : (byte)0);
            at = i + 1;
        }

        return facts;
    }

    private static TextFacts Judge(ReadOnlySpan<byte> digits, int count, int separators, byte before)
    {
        // One telephone number in ten passes Luhn's check, and no card has a plus.
        if (before != '+' && IsCard(digits, count))
        {
            return TextFacts.Card;
        }

        if (count is >= 9 and <= 15 && (before is (byte)'+' or (byte)'(' || separators is >= 2 and <= 5))
        {
            return TextFacts.Phone;
        }

        // Too long for a telephone number, whatever stands before it.
        return IsCard(digits, count) ? TextFacts.Card : TextFacts.None;
    }

    private static bool IsCard(ReadOnlySpan<byte> digits, int count) => count is >= 13 and <= 19 && Luhn(digits);

    private static bool Luhn(ReadOnlySpan<byte> digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[digits.Length - 1 - i];
            digit = (i & 1) == 1 ? digit * 2 : digit;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0 && digits.ContainsAnyExcept((byte)0);
    }
}
