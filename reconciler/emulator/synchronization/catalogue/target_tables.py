"""Which attributes the target directories offer: an ECMA connector's, a SCIM service's."""

ECMA_PREFIX = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User:"
"""What stands before each attribute that an ECMA connector exports."""

PLACEHOLDER = """
String: PLACEHOLDER
"""

ECMA_USER = """
String#!: -dn-
String: ContosoLogin AzureID Email FirstName LastName textID Department DisplayName Title Disabled login division
String: userType
String: sAMAccountName userPrincipalName cn sn givenName displayName mail uid uidNumber gidNumber homeDirectory
String: loginShell
String: gecos employeeNumber employeeType employeeID departmentNumber department title company
String: physicalDeliveryOfficeName
String: telephoneNumber mobile pager homePhone facsimileTelephoneNumber ipPhone street streetAddress l st postalCode
String: postOfficeBox c co countryCode description info initials middleName personalTitle generationQualifier
String: carLicense
String: preferredLanguage roomNumber wWWHomePage homeDrive homePostalAddress profilePath scriptPath userWorkstations
String: comment
String: distinguishedName objectCategory canonicalName name adminDescription adminDisplayName displayNamePrintable
String: employeeStatus shadowFlag preferredDeliveryMethod registeredAddress x121Address internationalISDNNumber
String: telexNumber
String: teletexTerminalIdentifier destinationIndicator businessCategory seeAlso labeledURI audio documentLocation host
String: extensionAttribute1 extensionAttribute2 extensionAttribute3 extensionAttribute4 extensionAttribute5
String: extensionAttribute6 extensionAttribute7 extensionAttribute8 extensionAttribute9 extensionAttribute10
String: extensionAttribute11 extensionAttribute12 extensionAttribute13 extensionAttribute14 extensionAttribute15
String: mailNickname legacyExchangeDN targetAddress msExchAssistantName msExchHomeServerName msExchMailboxGuid
String: msRTCSIP-PrimaryUserAddress msRTCSIP-Line msDS-cloudExtensionAttribute1 msDS-cloudExtensionAttribute2
String: msDS-cloudExtensionAttribute3 msDS-cloudExtensionAttribute4 msDS-cloudExtensionAttribute5
String: msDS-cloudExtensionAttribute6 msDS-cloudExtensionAttribute7 msDS-cloudExtensionAttribute8
String: msDS-PhoneticDisplayName msDS-PhoneticFirstName msDS-PhoneticLastName msDS-PhoneticDepartment
String: msNPCallingStationID msRADIUSCallbackNumber msSFU30Name msSFU30NisDomain unixHomeDirectory unixUserPassword
String: entitlementCode costCenter costCenterName location locationCode building floor badgeNumber vendorCode status
String: phone fax mobilePhone officePhone managerId managerName supervisor workSchedule payGroup hireDate endDate
String*: objectClass otherHomePhone otherMobile otherTelephone otherPager otherIpPhone otherMailbox proxyAddresses url
String*: memberUid servicePrincipalName msDS-AllowedToDelegateTo roleNames groupNames
Boolean: msDS-UserAccountDisabled msDS-UserDontExpirePassword ms-DS-UserPasswordNotRequired isDeleted msNPAllowDialin
Boolean: active locked mustChangePassword passwordNeverExpires external
Integer: accountExpires badPwdCount logonCount primaryGroupID userAccountControl shadowExpire shadowInactive
Integer: shadowLastChange
Integer: shadowMax shadowMin shadowWarning codePage maxStorage msDS-HABSeniorityIndex pwdLastSet lockoutTime
Binary: jpegPhoto thumbnailPhoto photo userCertificate userSMIMECertificate userPKCS12 objectGUID objectSid
"""

SCIM_USER = """
String#~: id
String!: userName
String: externalId | displayName | nickName | profileUrl | title | userType | preferredLanguage | locale | timezone
String: name.formatted | name.familyName | name.givenName | name.middleName | name.honorificPrefix
String: name.honorificSuffix
String: emails[type eq "work"].value | emails[type eq "home"].value | emails[type eq "other"].value
String: phoneNumbers[type eq "work"].value | phoneNumbers[type eq "mobile"].value | phoneNumbers[type eq "fax"].value
String: phoneNumbers[type eq "home"].value | phoneNumbers[type eq "pager"].value | phoneNumbers[type eq "other"].value
String: addresses[type eq "work"].formatted | addresses[type eq "work"].streetAddress
String: addresses[type eq "work"].locality
String: addresses[type eq "work"].region | addresses[type eq "work"].postalCode | addresses[type eq "work"].country
String: addresses[type eq "home"].formatted | addresses[type eq "home"].streetAddress
String: addresses[type eq "home"].locality
String: addresses[type eq "home"].region | addresses[type eq "home"].postalCode | addresses[type eq "home"].country
String: addresses[type eq "other"].formatted | addresses[type eq "other"].streetAddress
String: addresses[type eq "other"].locality
String: addresses[type eq "other"].region | addresses[type eq "other"].postalCode | addresses[type eq "other"].country
String: ims[type eq "skype"].value | ims[type eq "xmpp"].value | photos[type eq "photo"].value
String: photos[type eq "thumbnail"].value
String: roles[primary eq "True"].value | roles[primary eq "True"].display | roles[primary eq "True"].type
String: entitlements[primary eq "True"].value | x509Certificates[primary eq "True"].value
String: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber
String: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter
String: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization
String: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division
String: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department
String*: roles | entitlements
Boolean: active
Reference: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager
"""

SCIM_GROUP = """
String#~: id
String!: displayName
String: externalId
Reference*: members
"""
