using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Which forms of numbers and addresses are taken for personal data.</summary>
public sealed class PersonalDataTests
{
    [Theory]
    // Nine to fifteen digits, marked with a plus or a bracket, or with two to five separators.
    [InlineData("+123456789", (int)TextFacts.Phone)]
    [InlineData("+12345678", (int)TextFacts.None)]
    [InlineData("+123456789012345", (int)TextFacts.Phone)]
    [InlineData("+1234567890123451", (int)TextFacts.None)]
    [InlineData("(030)1234567", (int)TextFacts.Phone)]
    [InlineData("1234567890", (int)TextFacts.None)]
    [InlineData("030-1234567", (int)TextFacts.None)]
    [InlineData("030-123-4567", (int)TextFacts.Phone)]
    [InlineData("030.123.4567", (int)TextFacts.Phone)]
    [InlineData("030 123 4567", (int)TextFacts.Phone)]
    [InlineData("030  123  4567", (int)TextFacts.None)]
    [InlineData("1 23 45 67 89 0", (int)TextFacts.Phone)]
    [InlineData("1 2 34 56 78 90 1", (int)TextFacts.None)]
    [InlineData("030/123/4567", (int)TextFacts.None)]
    [InlineData("call 030 123 4567 or 12", (int)TextFacts.Phone)]
    [InlineData("12 and then +4915112345679", (int)TextFacts.Phone)]
    // One in ten passes Luhn's check as a card number does: a plus tells it from a card, as far as telephone numbers are that long.
    [InlineData("+4915112345678", (int)TextFacts.Phone)]
    [InlineData("+49 171 1234567897", (int)TextFacts.Phone)]
    [InlineData("+44 2079 4609 5816", (int)TextFacts.Phone)]
    [InlineData("+4111111111111111", (int)TextFacts.Card)]
    [InlineData("(4111111111111111)", (int)TextFacts.Card)]
    [InlineData("4915112345678", (int)TextFacts.Card)]
    // Thirteen to nineteen digits that pass Luhn's check.
    [InlineData("4111111111111111", (int)TextFacts.Card)]
    [InlineData("4111111111111112", (int)TextFacts.None)]
    [InlineData("4222222222222", (int)TextFacts.Card)]
    [InlineData("411111111117", (int)TextFacts.None)]
    [InlineData("6011000990139424", (int)TextFacts.Card)]
    [InlineData("0000000000000000", (int)TextFacts.None)]
    [InlineData("4111-1111-1111-1111", (int)TextFacts.Card)]
    [InlineData("6304000000000000000", (int)TextFacts.Card)]
    [InlineData("6759649826438453001", (int)TextFacts.None)]
    [InlineData("41111111111111110000", (int)TextFacts.None)]
    [InlineData("+44 20 7946 0958 and 4111 1111 1111 1111", (int)(TextFacts.Phone | TextFacts.Card))]
    // An address has something before the @, and a dot with two letters behind it after something.
    [InlineData("a@b.de", (int)TextFacts.Email)]
    [InlineData("a_@b-c.de", (int)TextFacts.Email)]
    [InlineData("@b.de", (int)TextFacts.None)]
    [InlineData("see @b.de", (int)TextFacts.None)]
    [InlineData("a@.de", (int)TextFacts.None)]
    [InlineData("a@b.d", (int)TextFacts.None)]
    [InlineData("a@b.1e", (int)TextFacts.None)]
    [InlineData("a@b.e1", (int)TextFacts.None)]
    [InlineData("a@b c.de", (int)TextFacts.None)]
    [InlineData("a@b", (int)TextFacts.None)]
    [InlineData("me @ home, you@work.com", (int)TextFacts.Email)]
    [InlineData("@ @ a@b.de", (int)TextFacts.Email)]
    public void Forms_of_numbers_and_addresses_are_told_apart(string text, int facts) =>
        PersonalData.Find(Encoding.UTF8.GetBytes(text)).ShouldBe((TextFacts)facts);
}
