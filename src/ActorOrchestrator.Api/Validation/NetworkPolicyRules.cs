using ActorOrchestrator.Api.Networking;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of NetworkPolicies.</summary>
internal static class NetworkPolicyRules
{
    private const int DirectionsMax = 2;

    private static readonly FieldPath Spec = FieldPath.Root("spec");

    public static void Check(FieldErrors errors, NetworkPolicy policy)
    {
        var spec = policy.Spec;
        SelectorRules.Check(errors, Spec.Child("podSelector"), spec.PodSelector);
        for (var i = 0; i < spec.Ingress.Count; i++)
        {
            var path = Spec.Child("ingress").Index(i);
            CheckRule(errors, path, spec.Ingress[i].Ports, path.Child("from"), spec.Ingress[i].From);
        }

        for (var i = 0; i < spec.Egress.Count; i++)
        {
            var path = Spec.Child("egress").Index(i);
            CheckRule(errors, path, spec.Egress[i].Ports, path.Child("to"), spec.Egress[i].To);
        }

        CheckTypes(errors, Spec.Child("policyTypes"), spec.PolicyTypes);
    }

    private static void CheckTypes(FieldErrors errors, FieldPath path, ValueList<string> types)
    {
        if (types.Count > DirectionsMax)
        {
            errors.InvalidJson(path, Shown.Strings(types), "may not specify more than two policyTypes");
            return;
        }

        for (var i = 0; i < types.Count; i++)
        {
            if (types[i] is not ("Ingress" or "Egress"))
            {
                errors.NotSupported(path.Index(i), types[i], "Ingress", "Egress");
            }
        }
    }

    private static void CheckRule(
        FieldErrors errors, FieldPath path, ValueList<NetworkPolicyPort> ports, FieldPath peersPath,
        ValueList<NetworkPolicyPeer> peers)
    {
        for (var i = 0; i < ports.Count; i++)
        {
            CheckPort(errors, path.Child("ports").Index(i), ports[i]);
        }

        for (var i = 0; i < peers.Count; i++)
        {
            CheckPeer(errors, peersPath.Index(i), peers[i]);
        }
    }

    private static void CheckPort(FieldErrors errors, FieldPath path, NetworkPolicyPort port)
    {
        if (port.Protocol is not (null or "TCP" or "UDP" or "SCTP"))
        {
            errors.NotSupported(path.Child("protocol"), port.Protocol, "TCP", "UDP", "SCTP");
        }

        var last = path.Child("endPort");
        switch (port.Port)
        {
            case null when port.EndPort is { } end:
                errors.Invalid(last, end, "may not be specified when `port` is not specified");
                break;
            case null:
                break;
            case { Text: { } name }:
                if (port.EndPort is { } endOfName)
                {
                    errors.Invalid(last, endOfName, "may not be specified when `port` is non-numeric");
                }

                errors.Invalid(path.Child("port"), name, NameRules.PortName(name));
                break;
            case { Number: var number }:
                errors.Invalid(path.Child("port"), number, NameRules.PortNumber(number));
                CheckEnd(errors, last, number, port.EndPort);
                break;
        }
    }

    private static void CheckEnd(FieldErrors errors, FieldPath path, int first, int? last)
    {
        if (last is not { } end)
        {
            return;
        }

        if (end < first)
        {
            errors.Invalid(path, end, "must be greater than or equal to `port`");
        }

        errors.Invalid(path, end, NameRules.PortNumber(end));
    }

    private static void CheckPeer(FieldErrors errors, FieldPath path, NetworkPolicyPeer peer)
    {
        SelectorRules.Check(errors, path.Child("podSelector"), peer.PodSelector);
        SelectorRules.Check(errors, path.Child("namespaceSelector"), peer.NamespaceSelector);
        var isSelected = peer.PodSelector is not null || peer.NamespaceSelector is not null;
        switch (peer.IpBlock)
        {
            case null when !isSelected:
                errors.Required(path, "must specify a peer");
                break;
            case null:
                break;
            case { } block:
                CheckBlock(errors, path.Child("ipBlock"), block);
                if (isSelected)
                {
                    errors.Forbidden(path, "may not specify both ipBlock and another peer");
                }

                break;
        }
    }

    private static void CheckBlock(FieldErrors errors, FieldPath path, IPBlock block)
    {
        if (block.Cidr.Length == 0)
        {
            errors.Required(path.Child("cidr"));
            return;
        }

        AddressRules.CheckCidr(errors, path.Child("cidr"), block.Cidr);
        if (!AddressRules.TryParseCidr(block.Cidr, out var whole))
        {
            return;
        }

        for (var i = 0; i < block.Except.Count; i++)
        {
            var at = path.Child("except").Index(i);
            AddressRules.CheckCidr(errors, at, block.Except[i]);
            if (AddressRules.TryParseCidr(block.Except[i], out var part)
                && (!whole.Contains(part.BaseAddress) || whole.PrefixLength >= part.PrefixLength))
            {
                errors.Invalid(at, block.Except[i], "must be a strict subset of `cidr`");
            }
        }
    }
}
