namespace ActorOrchestrator.Api.Bootstrap;

/// <summary>
/// What 'orchestrator token create' prints and 'orchestrator join' takes: a bootstrap token, and by which authority its
/// cluster is known. One word of lower-case letters, digits and dots:
/// <code>
///   abcdef.0123456789abcdef.e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
///   id     secret           SHA-256 of the authority's public key (SubjectPublicKeyInfo, DER), as kubeadm pins it
/// </code>
/// Only the first two parts are ever sent, and only to a server that the third one has vouched for.
/// </summary>
public sealed record JoinToken(BootstrapToken Token, string Pin)
{
    /// <summary>Of a SHA-256 in hexadecimal.</summary>
    private const int PinLength = 64;

    /// <param name="text">As it was pasted.</param>
    /// <param name="problem">What is wrong with it, without any part of it that is secret.</param>
    /// <returns>Null when it is none.</returns>
    public static JoinToken? Parse(string text, out string? problem)
    {
        var parts = text.Trim().Split('.');
        problem = parts switch
        {
            [_, _, _] when BootstrapToken.Parse($"{parts[0]}.{parts[1]}") is null =>
                "it does not begin with an id of 6 letters and digits and a secret of 16",
            [_, _, { Length: PinLength } pin] when pin.All(char.IsAsciiHexDigitLower) => null,
            [_, _, _] => $"its last part is not the {PinLength} digits of the authority's pin: was it cut off?",
            [_, _] => "it has no pin of the authority behind its secret, so the server could be anybody's",
            _ => "it is not of the form ID.SECRET.PIN",
        };
        return problem is null ? new(BootstrapToken.Parse($"{parts[0]}.{parts[1]}")!, parts[2]) : null;
    }

    /// <summary>The whole word, secret and all.</summary>
    public string Text => $"{Token.Id}.{Token.Secret}.{Pin}";

    /// <summary>Not the secret.</summary>
    public override string ToString() => Token.ToString();
}
