"""Which attributes the cloud directory offers as a source, object by object."""

USER = """
String#^~: objectId
String!: userPrincipalName
String: city companyName consentProvidedForMinor country costCenter creationType department displayName division
String: dnsDomainName
String: employeeId employeeType facsimileTelephoneNumber givenName immutableId jobTitle legalAgeGroupClassification
String: ageGroup
String: mail mailNickname mobile netBiosName onPremisesDistinguishedName onPremisesDomainName onPremisesSamAccountName
String~: onPremisesSecurityIdentifier onPremisesUserPrincipalName originalUserPrincipalName onPremisesObjectIdentifier
String: passwordPolicies physicalDeliveryOfficeName postalCode preferredDataLocation preferredLanguage preferredName
String: sipProxyAddress state streetAddress surname telephoneNumber usageLocation userState userType aboutMe mySite
String: extensionAttribute1 extensionAttribute2 extensionAttribute3 extensionAttribute4 extensionAttribute5
String: extensionAttribute6 extensionAttribute7 extensionAttribute8 extensionAttribute9 extensionAttribute10
String: extensionAttribute11 extensionAttribute12 extensionAttribute13 extensionAttribute14 extensionAttribute15
String: externalUserState cloudSecurityIdentifier securityIdentifier shadowAlias shadowDisplayName
String: shadowLegacyExchangeDN
String: shadowMail shadowMobile shadowTargetAddress shadowUserPrincipalName windowsLiveNetId tenantDomain homePhone
String: pager
String: ipPhone info initials middleName personalTitle generationQualifier postOfficeBox assistantName officeLocation
String: msExchArchiveName msExchAssistantName msExchImmutableId msExchLitigationHoldOwner msExchRetentionComment
String: msExchRetentionUrl msExchResourceMetaData msExchResourceDisplay msExchHomeServerName
String: msRTCSIPPrimaryUserAddress
String: msRTCSIPDeploymentLocator msRTCSIPLine msRTCSIPOwnerUrn targetAddress legacyExchangeDN
String*: proxyAddresses otherMails businessPhones imAddresses interests responsibilities schools skills pastProjects
String*: otherHomePhone otherMobile otherTelephone otherFacsimileTelephoneNumber otherIpPhone otherPager postalAddress
String*: url
String*: msExchExtensionCustomAttribute1 msExchExtensionCustomAttribute2 msExchExtensionCustomAttribute3
String*: msExchExtensionCustomAttribute4 msExchExtensionCustomAttribute5 msExchSenderHintTranslations
String*: msExchUserHoldPolicies
String*~: appRoleAssignments alternativeSecurityIds assignedLicenses assignedPlans provisionedPlans provisioningErrors
String*~: licenseAssignmentStates signInNames identities userCertificateSubjects
Boolean: accountEnabled deliverAndRedirect dirSyncEnabled isResourceAccount msExchHideFromAddressLists
Boolean: showInAddressList
Boolean~: IsSoftDeleted isCompromised isLicenseReconciliationNeeded
Boolean: mAPIRecipient msExchEnableModeration msExchRequireAuthToSendTo msExchBypassAudit msExchMailboxAuditEnable
DateTime~: createdDateTime deletionTimestamp lastDirSyncTime lastPasswordChangeDateTime refreshTokensValidFromDateTime
DateTime: employeeHireDate employeeLeaveDateTime birthday hireDate userStateChangedOn signInSessionsValidFromDateTime
DateTime: msExchLitigationHoldDate msExchUserCreatedTimestamp
Integer: deliveryContLength msExchElcMailboxFlags msExchMailboxGuidVersion msExchModerationFlags
Integer: msExchRecipientDisplayType
Integer: msExchRecipientTypeDetails msExchRemoteRecipientType msExchResourceCapacity msExchUsageLocation
Integer: msExchMailboxAuditLogAgeLimit msDS-HABSeniorityIndex msRTCSIPOptionFlags thumbnailPhotoVersion
Binary: thumbnailPhoto objectGUID objectSid userCertificate userSMIMECertificate msExchMailboxGuid msExchArchiveGUID
Binary: msExchBlockedSendersHash msExchSafeRecipientsHash msExchSafeSendersHash
Reference: manager assistant altRecipient msExchArchiveDatabaseLink homeMDB
Reference*: directReports memberOf publicDelegates authOrig unauthOrig dLMemRejectPerms dLMemSubmitPerms
"""

GROUP = """
String#^~: objectId
String: cn description displayName mail mailNickname info membershipRule membershipRuleProcessingState
String: preferredLanguage
String: onPremisesDomainName onPremisesSamAccountName netBiosName dnsDomainName classification theme visibility
String~: onPremisesSecurityIdentifier onPremisesObjectIdentifier securityIdentifier cloudSecurityIdentifier
String: extensionAttribute1 extensionAttribute2 extensionAttribute3 extensionAttribute4 extensionAttribute5
String: extensionAttribute6 extensionAttribute7 extensionAttribute8 extensionAttribute9 extensionAttribute10
String: extensionAttribute11 extensionAttribute12 extensionAttribute13 extensionAttribute14 extensionAttribute15
String*: proxyAddresses groupTypes resourceBehaviorOptions resourceProvisioningOptions creationOptions
String*~: appRoleAssignments provisioningErrors licenseAssignmentStates assignedLicenses
Boolean: mailEnabled securityEnabled dirSyncEnabled isAssignableToRole hideDLMembership oOFReplyToOriginator
Boolean: reportToOriginator reportToOwner msExchHideFromAddressLists msExchRequireAuthToSendTo
Boolean~: IsSoftDeleted
DateTime~: createdDateTime expirationDateTime lastDirSyncTime renewedDateTime
Integer: groupType msExchModerationFlags msExchRecipientDisplayType msExchCoManagedObjectsBL
Binary: objectGUID objectSid
Reference: managedBy
Reference*: members owners authOrig unauthOrig dLMemRejectPerms dLMemSubmitPerms msExchCoManagedByLink
Reference*: msExchModeratedByLink memberOf
"""

CONTACT = """
String#^~: objectId
String: city c co company companyName country countryCode department description displayName division employeeId
String: extensionAttribute1 extensionAttribute2 extensionAttribute3 extensionAttribute4 extensionAttribute5
String: extensionAttribute6 extensionAttribute7 extensionAttribute8 extensionAttribute9 extensionAttribute10
String: extensionAttribute11 extensionAttribute12 extensionAttribute13 extensionAttribute14 extensionAttribute15
String: facsimileTelephoneNumber givenName homePhone info initials ipPhone jobTitle mail mailNickname middleName
String: mobile
String: msExchAssistantName msExchRecipientDisplayName pager physicalDeliveryOfficeName postalCode postOfficeBox
String: state streetAddress surname targetAddress telephoneAssistant telephoneNumber title wWWHomePage
String: legacyExchangeDN
String*: proxyAddresses otherHomePhone otherMobile otherTelephone otherFacsimileTelephoneNumber otherIpPhone
String*: otherPager url
Boolean: mAPIRecipient msExchHideFromAddressLists msExchRequireAuthToSendTo dirSyncEnabled
DateTime~: lastDirSyncTime
Integer: msExchModerationFlags msExchRecipientDisplayType msExchRecipientTypeDetails msDS-HABSeniorityIndex
Binary: objectGUID thumbnailPhoto userCertificate userSMIMECertificate msExchSafeSendersHash msExchBlockedSendersHash
Reference: manager assistant
Reference*: authOrig unauthOrig dLMemRejectPerms dLMemSubmitPerms publicDelegates memberOf
"""

DEVICE = """
String#^~: objectId
String: deviceId displayName deviceOSType deviceOSVersion deviceCategory deviceManufacturer deviceModel
String: deviceOwnership
String: enrollmentProfileName enrollmentType managementType profileType trustType domainName mdmAppId
String: deviceSystemMetadata
String: extensionAttribute1 extensionAttribute2 extensionAttribute3 extensionAttribute4 extensionAttribute5
String: extensionAttribute6 extensionAttribute7 extensionAttribute8 extensionAttribute9 extensionAttribute10
String: extensionAttribute11 extensionAttribute12 extensionAttribute13 extensionAttribute14 extensionAttribute15
String*: physicalIds systemLabels hostnames alternativeSecurityIds
Boolean: accountEnabled dirSyncEnabled isCompliant isManaged isRooted
DateTime~: approximateLastSignInDateTime complianceExpirationDateTime registrationDateTime lastDirSyncTime
DateTime~: createdDateTime
Integer: deviceVersion deviceObjectVersion
Binary: objectGUID deviceKey
Reference*: registeredOwners registeredUsers memberOf
"""

SERVICE_PRINCIPAL = """
String#^~: objectId
String: appId appDisplayName appDescription description displayName errorUrl homepage loginUrl logoutUrl notes
String: preferredSingleSignOnMode preferredTokenSigningKeyThumbprint publisherName samlMetadataUrl
String: servicePrincipalType
String: tokenEncryptionKeyId applicationTemplateId appOwnerTenantId disabledByMicrosoftStatus signInAudience
String*: alternativeNames notificationEmailAddresses replyUrls servicePrincipalNames tags
String*~: appRoles appRoleAssignedTo oauth2Permissions keyCredentials passwordCredentials addIns
Boolean: accountEnabled appRoleAssignmentRequired isAuthorizationServiceEnabled isManagementRestricted
DateTime~: createdDateTime
Reference*: owners memberOf ownedObjects createdObjects
"""

SMALL: tuple[tuple[str, str], ...] = (
    (
        "Domain",
        """
String#^~: objectId
String: name authenticationType availabilityStatus model manufacturer
String*: supportedServices
Boolean: isAdminManaged isDefault isInitial isRoot isVerified
Integer: passwordNotificationWindowInDays passwordValidityPeriodInDays
""",
    ),
    (
        "Organization",
        """
String#^~: objectId
String: city country countryLetterCode defaultUsageLocation displayName postalCode preferredLanguage state street
String: tenantType
String*: marketingNotificationEmails technicalNotificationMails securityComplianceNotificationMails businessPhones
String*~: assignedPlans provisionedPlans verifiedDomains
Boolean: onPremisesSyncEnabled isMultipleDataLocationsForServicesEnabled
DateTime~: createdDateTime onPremisesLastSyncDateTime
""",
    ),
    (
        "Role",
        """
String#^~: objectId
String: description displayName roleTemplateId
Boolean: isBuiltIn isEnabled isSystem roleDisabled
Reference*: members scopedMembers
""",
    ),
    (
        "AppRoleAssignment",
        """
String#^~: objectId
String: appRoleId principalDisplayName principalType resourceDisplayName
DateTime~: creationTimestamp
Reference: principal resource
""",
    ),
)

REFERENCED = ("User", "Group", "Contact")
"""What a reference of the cloud directory may point at."""
