using System.Security.Cryptography.X509Certificates;

namespace ActorOrchestrator.Gateway.Security;

/// <summary>What a certificate says of its holder.</summary>
internal static class SubjectName
{
    /// <summary>X.520 organizationName.</summary>
    private const string OrganizationName = "2.5.4.10";

    /// <summary>A user of a group.</summary>
    public static X500DistinguishedName Of(string user, string group)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(group);
        subject.AddCommonName(user);
        return subject.Build();
    }

    /// <summary>Whether two say the same, however their texts are encoded.</summary>
    public static bool AreSame(X500DistinguishedName one, X500DistinguishedName other) =>
        Parts(one).SequenceEqual(Parts(other));

    private static IEnumerable<(string?, string?)> Parts(X500DistinguishedName name) =>
        name.EnumerateRelativeDistinguishedNames().Select(part => part.HasMultipleElements
            ? (null, Convert.ToHexString(part.RawData.Span))
            : (part.GetSingleElementType().Value, part.GetSingleElementValue()));

    /// <summary>Whether an organization is among those of the subject.</summary>
    public static bool Has(X509Certificate2 certificate, string organization) =>
        certificate.SubjectName.EnumerateRelativeDistinguishedNames().Any(part => !part.HasMultipleElements
            && part.GetSingleElementType().Value == OrganizationName && part.GetSingleElementValue() == organization);
}
