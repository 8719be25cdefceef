namespace ActorOrchestrator.Api.Serialization;

/// <summary>What the server does about fields it does not know or sees twice (<c>?fieldValidation=</c>).</summary>
public enum FieldValidation { Ignore, Warn, Strict }

/// <summary>What became of a request body.</summary>
public abstract record DecodeOutcome
{
    private DecodeOutcome()
    {
    }

    /// <summary>
    /// An object of the kind that was asked for, and what to warn of (empty when warnings are not wanted).
    /// </summary>
    public sealed record Decoded(KubeObject Object, ValueList<string> Warnings) : DecodeOutcome;

    /// <summary>Not an object of that kind; the message is for a 400 BadRequest.</summary>
    public sealed record Refused(string Message) : DecodeOutcome;
}
