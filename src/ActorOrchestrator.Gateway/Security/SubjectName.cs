using System.Security.Cryptography.X509Certificates;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>What a certificate says of its holder.</summary>
internal static class SubjectName
{
    /// <summary>X.520 organizationName.</summary>
    private const string OrganizationName = "2.5.4.10";

    /// <summary>Whether an organization is among those of the subject.</summary>
    public static bool Has(X509Certificate2 certificate, string organization) =>
        certificate.SubjectName.EnumerateRelativeDistinguishedNames().Any(part => !part.HasMultipleElements
            && part.GetSingleElementType().Value == OrganizationName && part.GetSingleElementValue() == organization);
}
