using System.Globalization;
using System.Text;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The name of a manager of fields: short, and printable by Unicode's categories as Go has them.</summary>
public static class ManagerName
{
    private const int BytesMax = 128;

    /// <summary>What is wrong with the name that a request gives.</summary>
    public static FieldErrors Validate(string name)
    {
        var errors = new FieldErrors();
        Check(errors, FieldPath.Root("fieldManager"), name);
        return errors;
    }

    /// <summary>As much of a text as can be such a name.</summary>
    public static string In(string text)
    {
        var (name, bytes) = (new StringBuilder(), 0);
        foreach (var letter in text.EnumerateRunes().Where(IsPrintable))
        {
            bytes += letter.Utf8SequenceLength;
            if (bytes > BytesMax)
            {
                break;
            }

            name.Append(letter);
        }

        return name.ToString();
    }

    internal static void Check(FieldErrors errors, FieldPath path, string name)
    {
        if (Encoding.UTF8.GetByteCount(name) > BytesMax)
        {
            errors.TooLong(path, BytesMax);
        }

        if (!name.EnumerateRunes().All(IsPrintable))
        {
            errors.Invalid(path, name, "should only contain printable characters");
        }
    }

    private static bool IsPrintable(Rune letter) => letter.Value == ' '
        || Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
