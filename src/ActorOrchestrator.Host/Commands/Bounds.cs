using System.CommandLine;
using System.Globalization;

namespace ActorOrchestrator.Host.Commands;

/// <summary>What an option may be, told before its command begins.</summary>
internal static class Bounds
{
    public static Option<T> AtLeast<T>(this Option<T> option, double min)
    {
        option.Validators.Add(result =>
        {
            // What is no number is told by whoever parses it.
            if (result.Tokens is [{ Value: var text }]
                && double.TryParse(text, CultureInfo.InvariantCulture, out var value) && !(value >= min))
            {
                result.AddError(string.Create(
                    CultureInfo.InvariantCulture, $"{option.Name}: {text} is less than {min}, the least there is"));
            }
        });
        return option;
    }
}
